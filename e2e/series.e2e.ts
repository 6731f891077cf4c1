import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { checkHistory, findStudy, lastMetrics, type Report, type TrialRecord } from '@parzen/core'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { recordReader } from '../packages/platform/src/stores/attempt-records.js'
import { openStore } from '../packages/platform/src/stores/open.js'
import { leftovers, printed, shellStudy, startRunner } from './fixtures/kill-loop.js'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'parzen-series-'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const KILLS = 4
const STEPS = 12_000
/** Prints loss at every step and acc, the objective, at every tenth; also keeps what it printed. */
const script = `
import { appendFileSync } from 'node:fs'
const trial = Number(process.env.PARZEN_TRIAL)
for (let step = 0; step < ${STEPS}; ) {
  let text = ''
  for (const end = Math.min(${STEPS}, step + 400); step < end; step++) {
    const loss = Math.exp(-step / 3000) + Math.sin(step * (trial + 1)) / 10
    text += JSON.stringify({ step, loss, ...(step % 10 === 0 ? { acc: 1 - loss } : {}), ...(step === 777 ? { odd: 'NaN' } : {}) }) + '\\n'
  }
  process.stdout.write(text)
  appendFileSync(process.env.TRUTH + '-' + trial, text)
  await new Promise((resolve) => setTimeout(resolve, 60))
}`

it('has every step of every metric once, though the runner is killed with -9 again and again', async () => {
  const specFile = join(root, 'spec.json')
  const database = join(root, 'parzen.db')
  const truth = join(root, 'truth')
  const spec = shellStudy(
    'dense',
    root,
    { objectives: [{ metric: 'acc', direction: 'maximize' }], budget: { trials: 4, parallel: 4 } },
    { command: ['node', '--input-type=module', '-e', script], environment: { TRUTH: truth } },
  )
  writeFileSync(specFile, JSON.stringify(spec))
  for (let kill = 0; kill < KILLS; kill++) {
    const runner = startRunner(specFile, database)
    await printed(runner, 4)
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 400))
    runner.child.kill('SIGKILL')
    await runner.ended
  }
  const last = startRunner(specFile, database)
  expect(await last.ended).toBe(0)
  expect(last.lines.at(-1)).toBe('ended: 4 trials done')

  const store = await openStore(database)
  const { state } = await findStudy(store, 'dense')
  expect(checkHistory(await store.read('dense', 0))).toEqual([])
  expect(state.trials).toHaveLength(4)
  for (const trial of state.trials) {
    const printedLines = readFileSync(`${truth}-${trial.number}`, 'utf8').trim().split('\n')
    const kept: Report[] = []
    for await (const records of recordReader(store.series, 'dense')(trial, 1, 0)) kept.push(...records)
    expect(trial.attempts).toHaveLength(1)
    expect(kept.map(asPrinted)).toEqual(printedLines.map((line) => JSON.parse(line) as object))
    expect(lastMetrics(trial.reports)).toEqual(lastOf(printedLines))
    expectDecisive(trial)
  }
  await store.close()
  expect(leftovers(root)).toEqual([])
})

const asPrinted = ({ step, metrics }: Report) => ({ step, ...metrics })

function lastOf(lines: readonly string[]): object {
  const { step: _, ...last } = Object.assign({}, ...lines.map((line) => JSON.parse(line) as object)) as { step: number }
  return last
}

/** The journal has the objective at every reported step up to 1024, and of the rest not even a fifth. */
function expectDecisive({ reports, outcome }: TrialRecord): void {
  const steps = reports.filter(({ metrics }) => 'acc' in metrics).map(({ step }) => step)
  expect(steps.filter((step) => step < 1024)).toEqual(Array.from({ length: 103 }, (_, i) => i * 10))
  expect(new Set(steps).size).toBe(steps.length)
  expect(reports.length).toBeLessThan(STEPS / 5)
  expect(outcome).toMatchObject({ state: 'complete', values: [expect.any(Number)] })
}

it('measures what the processes of an attempt use, also after the runner was killed', async () => {
  const specFile = join(root, 'spec.json')
  const database = join(root, 'parzen.db')
  const busy = `const kept = Buffer.alloc(150_000_000, 1)
    for (const end = Date.now() + 4000; Date.now() < end; );
    console.log('loss=' + kept[5])`
  const job = { command: ['sh', '-c', 'node --input-type=module -e "$1"', 'sh', busy] }
  writeFileSync(specFile, JSON.stringify(shellStudy('use', root, { budget: { trials: 1, parallel: 1 } }, job)))
  const first = startRunner(specFile, database)
  const store = await openStore(database)
  const measured = async (count: number) => {
    for (;;) {
      const [head] = await store.series.heads('use', 'system')
      if ((head?.length ?? 0) >= count) return
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
  await measured(1)
  first.child.kill('SIGKILL')
  await first.ended
  const second = startRunner(specFile, database)
  await measured(2)
  expect(await second.ended).toBe(0)
  const { state } = await findStudy(store, 'use')
  const records: Report[] = []
  for await (const page of recordReader(store.series, 'use', 'system')(state.trials[0] as TrialRecord, 1, 0))
    records.push(...page)
  const memory = records.map(({ metrics }) => Number(metrics['system/memory_mb']))
  expect(Math.max(...memory)).toBeGreaterThan(150)
  expect(Math.max(...memory)).toBeLessThan(1000)
  expect(records.map(({ step }) => step)).toEqual(records.map(({ step }) => step).sort((a, b) => a - b))
  expect(Number(records[0]?.metrics['system/cpu'])).toBeGreaterThanOrEqual(0)
  await store.close()
})
