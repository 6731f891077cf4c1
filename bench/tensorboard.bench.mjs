/**
 * Scalars a second written to and read from event files, one thread, beside Python's writers and TensorBoard's readers.
 *
 * `node bench/tensorboard.bench.mjs [scalars]` after `npm run build`; `PEER_PYTHON=/path/to/python` with tensorboard (and
 * torch, tensorboardX) adds those, on a tenth of the scalars. Best of five runs, files on the disk of the temporary folder.
 */
import { execFileSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { appendEvent, fileVersion } from '../packages/platform/dist/tensorboard/attempt-log.js'
import { readScalars } from '../packages/platform/dist/tensorboard/read-scalars.js'
import { recordBuffer } from '../packages/platform/dist/tensorboard/record.js'

const count = Number(process.argv[2] ?? 500_000)
const folder = mkdtempSync(join(tmpdir(), 'parzen-bench-'))
const path = join(folder, 'events.out.tfevents.1767225600.bench')
const tags = ['train/loss', 'val/accuracy', 'learning_rate', 'epoch_time']

function write() {
  const file = openSync(path, 'w')
  const records = recordBuffer()
  appendEvent(records, fileVersion(0))
  for (let i = 0; i < count; i++) {
    const value = { tag: tags[i % tags.length], simpleValue: Math.sin(i) }
    appendEvent(records, { wallTime: 1767225600 + i / 1000, step: i >> 2, summary: { values: [value] } })
    if (records.size > 1 << 16) writeSync(file, records.take())
  }
  writeSync(file, records.take())
  closeSync(file)
}

function read() {
  let position = {}
  let scalars = 0
  for (;;) {
    const some = readScalars({ base: folder, below: [] }, position, true)
    position = some.position
    scalars += some.scalars.length
    if (!some.more) break
  }
  if (scalars !== count) throw new Error(`expected ${count} scalars, got ${scalars}`)
}

function rate(work) {
  let best = Infinity
  for (let run = 0; run < 5; run++) {
    const start = performance.now()
    work()
    best = Math.min(best, performance.now() - start)
  }
  return Math.round((count / best) * 1000)
}

console.log(`parzen writes: ${rate(write).toLocaleString('en')} scalars/s`)
console.log(
  `parzen reads: ${rate(read).toLocaleString('en')} scalars/s (${(statSync(path).size / count).toFixed(0)} bytes each)`,
)
const peer = process.env['PEER_PYTHON']
if (peer) {
  const script = fileURLToPath(new URL('tensorboard-peers.py', import.meta.url))
  execFileSync(peer, [script, folder, String(Math.round(count / 10))], { stdio: 'inherit' })
}
rmSync(folder, { recursive: true })
