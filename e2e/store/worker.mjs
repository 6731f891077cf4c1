// Asks for trials and tells their outcome as fast as it can, from the word "go" on. argv: database file, own name, spec.
import { once } from 'node:events'
import { openStore, openStudy } from '../../packages/platform/dist/index.js'

const [file, worker, spec] = process.argv.slice(2)
const store = await openStore(file)
const study = await openStudy(store, JSON.parse(spec), { worker })
console.log('ready')
await once(process.stdin, 'data')
const numbers = []
for (let trial = await study.ask(); trial; trial = await study.ask()) {
  await study.report(trial.number, 1, { loss: trial.params.x })
  if (!(await study.tell(trial.number, { state: 'complete', values: [trial.params.x] }))) throw new Error('told twice')
  numbers.push(trial.number)
}
console.log(JSON.stringify(numbers))
await store.close()
process.exit(0)
