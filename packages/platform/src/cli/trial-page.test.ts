import { memoryStore, openStudy, type Study, trialRow } from '@parzen/core'
import picocolors from 'picocolors'
import { expect, it } from 'vitest'
import { memorySeries } from '../stores/memory-series.js'
import { complete, failed, sampleStudy, spec } from './sample-study.contract.js'
import { trialCurve } from './trial-curve.js'
import { trialMeasures } from './trial-measures.js'
import { trialLines } from './trial-page.js'

const page = { colors: picocolors.createColors(false), size: () => ({ columns: 80, rows: 24 }) }

const seriesOfUse = memorySeries()
await seriesOfUse.append([
  {
    ...{ study: 'digits', trial: 0, attempt: 1, kind: 'system', from: 0 },
    records: [{ at: 1, step: 2, metrics: { 'system/cpu': 1.25, 'system/memory_mb': 1234.56 } }],
  },
])

async function retriedStudy(): Promise<Study> {
  const study = await sampleStudy([complete(0.8), failed, 'running'])
  await study.retry(2, { cause: 'lost', message: 'the machine went away', fault: 'infrastructure' })
  return study
}

async function linesOf(number: number, of?: Study): Promise<string[]> {
  const study = of ?? (await retriedStudy())
  const record = study.state.trials[number]
  if (!record) throw new Error(`no trial ${number}`)
  const row = trialRow(study.state, record)
  const measures = await trialMeasures(seriesOfUse, study.name, record)
  const root = `${process.cwd()}/.parzen`
  const curve = await trialCurve(seriesOfUse, study, number)
  const isBest = number === 0
  return trialLines(page, { study, record, row, measures, curve, root, isBest, now: study.state.lastEventAt })
}

it('shows a complete trial', async () => {
  expect(await linesOf(0)).toEqual([
    'digits  trial 0  complete  the best',
    '',
    '  value    accuracy 0.8',
    '  started  2026-01-01T00:00:03.000Z, took 6s',
    '  by       me@here, asked for by a person',
    '',
    'parameters',
    '  lr = 0.001000001  (0.001)',
    '  optimizer = adam',
    '',
    'nested',
    '  lr: 0.001000001',
    '  optimizer:',
    '    choice: adam',
    '',
    '  METRIC    REPORTS  LAST  STEP  LEAST  GREATEST',
    '  accuracy        2   0.8     2    0.5       0.8',
    '  loss            1   NaN     1      -         -',
    '',
    'attempts',
    '  1  5s  complete',
    '     .parzen/studies/digits/trial-0000/attempt-1/{stdout,stderr}.log',
    '     at most 1235 MB of memory, 1.25 cores on average (1 sample)',
  ])
})

it('shows why a trial failed', async () => {
  expect((await linesOf(1)).slice(0, 4)).toEqual([
    'digits  trial 1  failed: exit, exit code 1',
    '',
    '  started  2026-01-01T00:00:11.000Z, took 4s',
    '  by       me@here, asked for by a person',
  ])
})

it('shows the attempts of a trial that is tried again', async () => {
  expect((await linesOf(2)).slice(-6)).toEqual([
    '',
    'attempts',
    '  1  3s  lost: the machine went away',
    '     .parzen/studies/digits/trial-0002/attempt-1/{stdout,stderr}.log',
    '  2  not launched  waiting',
    '     .parzen/studies/digits/trial-0002/attempt-2/{stdout,stderr}.log',
  ])
})

/** Trial 1 gives way at step 4 to trial 2, a fork of trial 0, which reports these steps. */
async function forkedStudy(...steps: readonly number[]): Promise<Study> {
  const sampler = { name: 'pbt', population: 2, interval: 3, quantile: 0.5, resample: 0 }
  const study = await openStudy(memoryStore(), { ...spec, sampler, budget: {} }, { now: () => 0 })
  for (const trial of [0, 1]) expect((await study.ask())?.number).toBe(trial)
  for (const step of [1, 2, 3, 4]) {
    await study.report(0, step, { accuracy: 0.5 + step / 10 })
    await study.report(1, step, { accuracy: 0.1 })
  }
  await study.tell(1, { state: 'pruned', reason: 'worse' })
  expect((await study.ask())?.number).toBe(2)
  for (const step of steps) await study.report(2, step, { accuracy: step / 10 })
  return study
}

it('shows where a fork goes on, and the schedule that has trained it', async () => {
  const lines = await linesOf(2, await forkedStudy(4, 5))
  expect(lines).toContain('  goes on from  trial 0 at step 3')
  const at = lines.indexOf('schedule')
  expect(lines.slice(at, at + 5)).toEqual([
    'schedule',
    expect.stringMatching(/^ {2}AFTER STEP {2}TO STEP {2}TRIAL +lr/),
    expect.stringMatching(/^ {11}0 {8}3 {6}0 {2}/),
    expect.stringMatching(/^ {11}3 {8}5 {6}2 {2}/),
    '',
  ])
  expect(lines.join('\n')).toContain('accuracy by step, ▲ forked')
})

it('says of a fork that has yet to report, or began anew, what is known', async () => {
  expect(await linesOf(2, await forkedStudy())).toContain('  goes on from  trial 0 at step 4')
  expect(await linesOf(2, await forkedStudy(1, 2))).toContain(
    '  goes on from  trial 0, but its first report tells that it began anew',
  )
})
