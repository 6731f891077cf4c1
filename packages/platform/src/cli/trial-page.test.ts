import { trialRow } from '@parzen/core'
import picocolors from 'picocolors'
import { expect, it } from 'vitest'
import { memorySeries } from '../stores/memory-series.js'
import { complete, failed, sampleStudy } from './sample-study.contract.js'
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

async function linesOf(number: number): Promise<string[]> {
  const study = await sampleStudy([complete(0.8), failed, 'running'])
  await study.retry(2, { cause: 'lost', message: 'the machine went away', fault: 'infrastructure' })
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
