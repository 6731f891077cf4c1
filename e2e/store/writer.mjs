// Appends to one journal for ever and says so on standard output, after each. argv: database file, own name, durability.
import { writeSync } from 'node:fs'
import { openStore } from '../../packages/platform/dist/index.js'

const [file, name, durability] = process.argv.slice(2)
const store = await openStore(file, { durability })
let version = 0
for (let n = 0; ; n++) {
  const events = [0, 1].map((half) => ({ at: 1, type: 'study-resumed', by: `${name}/${n}/${half}` }))
  do version += (await store.read('s', version)).length
  while (!(await store.append('s', version, events)))
  version += events.length
  writeSync(1, `${name}/${n}\n`)
}
