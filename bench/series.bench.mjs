/**
 * How much room dense metrics take and how long a curve takes to be read: `node bench/series.bench.mjs` after `npm run build`.
 *
 * 1,000 trials x 10 metrics x 1,000 steps (TRIALS=… for fewer), appended 50 records at a time: noisy learning curves, four
 * metrics with all 53 bits, three as float32, three printed with 4 to 6 decimals.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openStore } from '../packages/platform/dist/stores/open.js'

const TRIALS = Number(process.env.TRIALS ?? 1000)
const STEPS = 1000
const BATCH = 50

let seed = 1
function uniform() {
  seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31
  return (seed + 0.5) / 2 ** 31
}
const normal = () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform())

function recordsOf(trial) {
  let at = 1_790_000_000_000 + trial * 1_000_000
  return Array.from({ length: STEPS }, (_, step) => {
    at += 200 + Math.floor(uniform() * 50)
    const metrics = {}
    for (let k = 0; k < 10; k++) {
      const value = (2 + k) * Math.exp(-step / (100 + 30 * k)) + 0.3 + 0.02 * normal()
      metrics[`metric/${k}`] = k < 4 ? value : k < 7 ? Math.fround(value) : Number(value.toFixed(k - 3))
    }
    return { at, step, metrics }
  })
}

const folder = mkdtempSync(join(tmpdir(), 'parzen-bench-series-'))
const path = join(folder, 'parzen.db')
const store = await openStore(path)
const keyOf = (trial) => ({ study: 's', trial, attempt: 1, kind: 'metrics' })
let writing = 0
for (let trial = 0; trial < TRIALS; trial++) {
  const records = recordsOf(trial)
  const from = process.cpuUsage()
  for (let i = 0; i < STEPS; i += BATCH)
    await store.series.append([{ ...keyOf(trial), from: i, records: records.slice(i, i + BATCH) }])
  const { user, system } = process.cpuUsage(from)
  writing += (user + system) / 1000
}
const times = Array.from({ length: 500 }, () => 0)
for (let i = 0; i < times.length; i++) {
  const from = performance.now()
  await store.series.points(keyOf((i * 37) % TRIALS), `metric/${i % 10}`, 500)
  times[i] = performance.now() - from
}
await store.close()
times.sort((a, b) => a - b)
const megabytes = statSync(path).size / 1e6
console.log(`${TRIALS} trials x 10 metrics x ${STEPS} steps`)
console.log(`size: ${megabytes.toFixed(1)} MB (${((megabytes * 1000) / TRIALS).toFixed(1)} MB for 1,000 trials)`)
console.log(`a curve at 500 points: median ${times[250].toFixed(2)} ms, 99th of 100 ${times[494].toFixed(2)} ms`)
console.log(`written: ${(writing / TRIALS).toFixed(1)} ms of CPU for 1,000 records of 10 metrics`)
rmSync(folder, { recursive: true, force: true })
