/**
 * How far the runner is behind a script that prints 10,000 lines of metrics a second for 10 s, and what share of a core it
 * takes: `node bench/runner-lines.bench.mjs [LINES A SECOND] [SECONDS] [ROUNDS]` after `npm run build`.
 *
 * Each line says when it was printed and each record when it was read; what is behind at the end is the time from the last
 * line to the end of the trial in the journal, the end of the process included. The processor time of the runner does not
 * contain that of the script.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openStudy } from '../packages/core/dist/index.js'
import { run } from '../packages/platform/dist/runner/runner.js'
import { recordReader } from '../packages/platform/dist/stores/attempt-records.js'
import { openStore } from '../packages/platform/dist/stores/open.js'

const rate = Number(process.argv[2] ?? 10_000)
const seconds = Number(process.argv[3] ?? 10)
const rounds = Number(process.argv[4] ?? 3)

/** Prints what is due every 10 ms. */
const script = `
const [rate, seconds] = process.argv.slice(1).map(Number)
const from = Date.now()
for (let step = 0; step < rate * seconds; ) {
  const due = Math.min(rate * seconds, Math.ceil(((Date.now() - from) * rate) / 1000))
  let text = ''
  for (; step < due; step++) text += JSON.stringify({ step, loss: Math.exp(-step / 30000), acc: Math.sin(step), printed: Date.now() }) + '\\n'
  if (text) process.stdout.write(text)
  await new Promise((resolve) => setTimeout(resolve, 10))
}`

console.log(`${rate} lines a second of 3 metrics for ${seconds} s`)
for (let round = 1; round <= rounds; round++) {
  const folder = mkdtempSync(join(tmpdir(), 'parzen-bench-lines-'))
  try {
    console.log(`round ${round}: ${await measured(folder)}`)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function measured(folder) {
  const store = await openStore(join(folder, 'parzen.db'))
  const study = await openStudy(store, specOf(folder))
  const [before, started] = [process.cpuUsage(), performance.now()]
  await run({ study, store, root: folder }).done
  const { user, system } = process.cpuUsage(before)
  const elapsed = performance.now() - started
  const [trial] = study.state.trials
  const records = []
  for await (const page of recordReader(store.series, study.name)(trial, 1, 0)) records.push(...page)
  await store.close()
  if (records.length !== rate * seconds) throw new Error(`expected ${rate * seconds} records, got ${records.length}`)
  const lags = records.map(({ at, metrics }) => at - metrics.printed).sort((a, b) => a - b)
  const printedFor = (records.at(-1).metrics.printed - records[0].metrics.printed) / 1000
  const atEnd = trial.finishedAt - records.at(-1).metrics.printed
  const share = (100 * (user + system)) / 1000 / elapsed
  return (
    `all ${records.length} kept, printed in ${printedFor.toFixed(1)} s; read after a median of ${lags[lags.length >> 1]} ms, ` +
    `99th of 100 ${lags[Math.floor(lags.length * 0.99)]} ms, most ${lags.at(-1)} ms; ` +
    `at the end ${atEnd} ms behind; ${share.toFixed(0)} % of a core; ${trial.reports.length} reports in the journal`
  )
}

function specOf(folder) {
  return {
    name: 'lines',
    space: { x: { kind: 'float', low: 0, high: 1 } },
    objectives: [{ metric: 'loss', direction: 'minimize' }],
    seed: 1,
    sampler: { name: 'random' },
    pruner: { name: 'none' },
    budget: { trials: 1, parallel: 1 },
    job: {
      command: ['node', '--input-type=module', '-e', script, String(rate), String(seconds)],
      folder,
      executor: 'local',
      graceSeconds: 10,
      retries: {},
      resources: { cpus: 1, gpus: 0 },
      metrics: { jsonLines: true },
      environment: {},
      durability: 'process',
    },
  }
}
