/**
 * How much room dense metrics take, in the series and in the journal, and how long a curve takes to be read:
 * `node bench/series.bench.mjs` after `npm run build`.
 *
 * 1,000 trials x 10 metrics x 1,000 steps (TRIALS=… for fewer): noisy learning curves, four metrics with all 53 bits, three
 * as float32, three printed with 4 to 6 decimals; `metric/0`, of all 53 bits, is the objective. Each trial prints its
 * lines into a log, which the runner's own functions read, sort and write. Series are appended 50 records at a time; the
 * journal hears of each step on its own, as of a script whose steps take longer than the runner is between two looks, or of
 * LOOK=… steps at a time.
 */
import { execFileSync } from 'node:child_process'
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openStudy } from '../packages/core/dist/index.js'
import { parseJsonLine } from '../packages/platform/dist/runner/metrics.js'
import { readSome, reportedEvents, settle, writeDense } from '../packages/platform/dist/runner/reports.js'
import { openTail } from '../packages/platform/dist/runner/tail.js'
import { closingReports } from '../packages/platform/dist/stores/decisive.js'
import { lastValues } from '../packages/platform/dist/stores/last-values.js'
import { openStore } from '../packages/platform/dist/stores/open.js'
import { openLibsql } from '../packages/platform/dist/stores/sqlite-driver.js'

const TRIALS = Number(process.env.TRIALS ?? 1000)
const STEPS = 1000
const BATCH = 50
const LOOK = Number(process.env.LOOK ?? 1)
const BAR_MEGABYTES = 120
const OBJECTIVE = 'metric/0'

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

let now = 0
const folder = mkdtempSync(join(tmpdir(), 'parzen-bench-series-'))
const path = join(folder, 'parzen.db')
const store = await openStore(path)
const spec = {
  name: 's',
  space: { lr: { kind: 'float', low: 1e-5, high: 0.1, log: true }, depth: { kind: 'int', low: 1, high: 9 } },
  objectives: [{ metric: OBJECTIVE, direction: 'minimize' }],
  seed: 1,
  sampler: { name: 'random' },
  pruner: { name: 'none' },
  budget: {},
}
const study = await openStudy(store, spec, { now: () => now })

let [writing, reportEvents] = [0, 0]
for (let number = 0; number < TRIALS; number++) await runTrial(recordsOf(number))

/** As `runner/reports.ts` and `runner/conclude.ts` do it. */
async function runTrial(records) {
  now = records[0].at
  const { number: trial } = await study.ask()
  await study.launched(trial, 1, { pid: 12345, startedAt: now })
  const own = join(folder, `trial-${trial}`)
  mkdirSync(own)
  const options = { folder: own, parseStdout: parseJsonLine, wanted: [OBJECTIVE], cursor: undefined }
  const one = { trial, attempt: 1, tail: openTail({ ...options, now: () => now }) }
  let dense = []
  for (const { at, step, metrics } of records) {
    now = at
    appendFileSync(join(own, 'stdout.log'), `${JSON.stringify({ step, ...metrics })}\n`)
    if ((step + 1) % LOOK > 0 && step < STEPS - 1) continue
    readSome(study, one, false)
    dense.push(...one.unsent.dense.splice(0))
    if (dense.length >= BATCH || step === STEPS - 1) {
      const unsent = { dense, denseFrom: step + 1 - dense.length }
      const from = process.cpuUsage()
      await writeDense(study, store.series, [{ trial, attempt: 1, settled: one.settled, unsent }])
      const { user, system } = process.cpuUsage(from)
      writing += (user + system) / 1000
      dense = []
    }
    await study.commit((state) => {
      const events = reportedEvents(state, one)
      reportEvents += events.length
      return { events, result: undefined }
    })
    settle(one)
  }
  const last = await lastValues(store.series, { study: 's', trial, attempt: 1 })
  await study.commit((state) => {
    const reports = closingReports(state.running.get(trial).reports, last)
    return { events: [{ type: 'trial-reported', trial, attempt: 1, reports }], result: undefined }
  })
  await study.tell(trial, { state: 'complete', values: [records.at(-1).metrics[OBJECTIVE]] })
  rmSync(own, { recursive: true })
}

const times = Array.from({ length: 500 }, () => 0)
for (let i = 0; i < times.length; i++) {
  const key = { study: 's', trial: (i * 37) % TRIALS, attempt: 1, kind: 'metrics' }
  const from = performance.now()
  await store.series.points(key, `metric/${i % 10}`, 500)
  times[i] = performance.now() - from
}
await store.close()
times.sort((a, b) => a - b)

const megabytes = (bytes) => ((bytes / 1e6) * 1000) / TRIALS
const [series, journal] = await tableBytes()
const whole = megabytes(statSync(path).size)
console.log(`${TRIALS} trials x 10 metrics x ${STEPS} steps, MB for 1,000 trials:`)
console.log(
  `series ${megabytes(series).toFixed(1)}, journal ${megabytes(journal).toFixed(1)} (${Math.round(reportEvents / TRIALS)} events of reports a trial), whole file ${whole.toFixed(1)} (bar: ${BAR_MEGABYTES})`,
)
console.log(`a curve at 500 points: median ${times[250].toFixed(2)} ms, 99th of 100 ${times[494].toFixed(2)} ms`)
console.log(`the study opened by another process: ${openedElsewhere()}`)
console.log(`written: ${(writing / TRIALS).toFixed(1)} ms of CPU for 1,000 records of 10 metrics`)
rmSync(folder, { recursive: true, force: true })

/** What everyone pays who looks at the study: its journal is read and folded. */
function openedElsewhere() {
  const modules = new URL('../packages', import.meta.url).href
  const script = `
    const { findStudy } = await import('${modules}/core/dist/index.js')
    const { openStore } = await import('${modules}/platform/dist/stores/open.js')
    const store = await openStore(process.argv[1])
    const from = process.cpuUsage()
    const study = await findStudy(store, 's')
    const { user, system } = process.cpuUsage(from)
    globalThis.gc()
    const { heapUsed } = process.memoryUsage()
    console.log(((user + system) / 1e6).toFixed(2) + ' s of CPU, ' + (heapUsed / 1e6).toFixed(0) + ' MB of heap, ' + study.state.version + ' events')
    await store.close()`
  const options = ['--expose-gc', '--input-type=module', '-e', script, path]
  return execFileSync(process.execPath, options, { encoding: 'utf8' }).trim()
}

/** The pages that series, with their indexes, and journals take. */
async function tableBytes() {
  const driver = await openLibsql(path)
  const bytes = (condition) =>
    Number(
      driver.all(
        `SELECT sum(pgsize) FROM dbstat WHERE name IN (SELECT name FROM sqlite_master WHERE tbl_name ${condition})`,
      )[0][0],
    )
  const found = [bytes("LIKE 'series%'"), bytes("IN ('events', 'event_pages')")]
  driver.close()
  return found
}
