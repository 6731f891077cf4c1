/**
 * Time to open a study of 50,000 trials of 10 parameters, 5 reports each, from SQLite: read and parse, then fold.
 *
 * In seconds of the processor, with those of the garbage collector.
 * `node bench/fold.bench.mjs [trials]` after `npm run build`.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { checkHistory, findStudy, fold, openStore } from '../packages/platform/dist/index.js'

const trials = Number(process.argv[2] ?? 50_000)
const folder = mkdtempSync(join(tmpdir(), 'parzen-bench-'))
const file = join(folder, 'fold.db')
const names = Array.from({ length: 10 }, (_, i) => `layers.${i}.units`)
const spec = {
  name: 'study',
  space: Object.fromEntries(names.map((name) => [name, { kind: 'float', low: 0, high: 1 }])),
  objectives: [{ metric: 'loss', direction: 'minimize' }],
  seed: 1,
  sampler: { name: 'random' },
  pruner: { name: 'none' },
  budget: {},
}

const events = [{ at: 0, type: 'study-created', spec }]
for (let trial = 0; trial < trials; trial++) {
  const at = 1_700_000_000_000 + trial * 1000
  const params = Object.fromEntries(names.map((name) => [name, Math.random()]))
  events.push({ at, type: 'trial-started', trial, params, seen: events.length, worker: 'host:1234' })
  events.push({
    at,
    type: 'trial-launched',
    trial,
    attempt: 1,
    handle: { pid: trial, start: '123456', folder: '/a/b' },
  })
  for (let step = 1; step <= 5; step++) {
    const metrics = { loss: Math.random() }
    events.push({ at, type: 'trial-reported', trial, attempt: 1, reports: [{ at, step, metrics }], cursor: step * 100 })
  }
  events.push({ at, type: 'trial-finished', trial, outcome: { state: 'complete', values: [Math.random()] } })
}
const store = await openStore(file)
for (let from = 0; from < events.length; from += 10_000) {
  await store.append('study', from, events.slice(from, from + 10_000))
}
await store.close()

/** Seconds of the processor since `from`: on a machine that others use, the clock on the wall says little. */
const seconds = ({ user, system }) => {
  const used = process.cpuUsage({ user, system })
  return ((used.user + used.system) / 1e6).toFixed(2)
}
const again = await openStore(file)
for (let run = 0; run < 3; run++) {
  let from = process.cpuUsage()
  const read = await again.read('study', 0)
  const reading = seconds(from)
  from = process.cpuUsage()
  const state = fold(read)
  const folding = seconds(from)
  console.log(`${state.trials.length} trials, ${read.length} events: read and parse ${reading} s, fold ${folding} s`)
}
let from = process.cpuUsage()
const study = await findStudy(again, 'study')
console.log(`open the study: ${seconds(from)} s, ${Math.round(process.memoryUsage().heapUsed / 1e6)} MB of heap in all`)
from = process.cpuUsage()
for (let n = 0; n < 1000; n++) {
  const { number } = await study.ask()
  await study.tell(number, { state: 'complete', values: [n] })
}
console.log(`ask + tell at ${trials} trials: ${seconds(from)} ms each (mean of 1,000)`)
from = process.cpuUsage()
const wrong = checkHistory(await again.read('study', 0))
console.log(`check the history: ${seconds(from)} s, ${wrong.length} faults`)
await again.close()
console.log(`file: ${(statSync(file).size / 1e6).toFixed(0)} MB`)
rmSync(folder, { recursive: true })
