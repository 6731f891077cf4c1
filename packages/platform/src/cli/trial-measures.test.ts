import type { Report, TrialRecord } from '@parzen/core'
import { expect, it } from 'vitest'
import { memorySeries } from '../stores/memory-series.js'
import { trialMeasures } from './trial-measures.js'

const report = (step: number, metrics: Report['metrics']): Report => ({ at: step, step, metrics })
const trialWith = (reports: readonly (Report & { readonly attempt: number })[], attempts: number) =>
  ({
    number: 3,
    reports,
    attempts: Array.from({ length: attempts }, (_, i) => ({ number: i + 1 })),
  }) as unknown as TrialRecord
const keyOf = (attempt: number) => ({ study: 's', trial: 3, attempt })

it('counts every report once: the first from the journal, the others from the series', async () => {
  const series = memorySeries()
  // the journal has two whole reports, then what decides and, at the end, the last value of the other metric
  const inJournal = [
    report(0, { acc: 0.1, loss: 9 }),
    report(1, { acc: 0.2, loss: 'NaN' }),
    report(2, { acc: 0.3 }),
    report(4, { loss: 5 }),
  ]
  const dense = [report(2, { acc: 0.3, loss: -7 }), report(3, { loss: 40 }), report(4, { loss: 5 })]
  await series.append([{ ...keyOf(1), kind: 'metrics', from: 2, records: dense }])
  const trial = trialWith(
    inJournal.map((each) => ({ ...each, attempt: 1 })),
    1,
  )
  const { metrics, uses } = await trialMeasures(series, 's', trial)
  expect(Object.fromEntries(metrics)).toEqual({
    acc: { reports: 3, last: { attempt: 1, step: 2, value: 0.3 }, least: 0.1, greatest: 0.3 },
    loss: { reports: 5, last: { attempt: 1, step: 4, value: 5 }, least: -7, greatest: 40 },
  })
  expect(uses.size).toBe(0)
})

it('takes the last value at the highest step of the last attempt, and the range over all', async () => {
  const trial = trialWith(
    [
      { ...report(9, { loss: 1 }), attempt: 1 },
      { ...report(9, { only: 'Infinity' }), attempt: 1 },
      { ...report(5, { loss: 3 }), attempt: 2 },
      { ...report(4, { loss: 8 }), attempt: 2 },
    ],
    2,
  )
  const { metrics } = await trialMeasures(memorySeries(), 's', trial)
  expect(metrics.get('loss')).toEqual({
    reports: 3,
    last: { attempt: 2, step: 5, value: 3 },
    least: 1,
    greatest: 8,
  })
  expect(metrics.get('only')).toMatchObject({ reports: 1, least: Infinity, greatest: -Infinity })
})

it('weighs processor use by time, and leaves out what was not measured', async () => {
  const series = memorySeries()
  const samples = [
    report(1, { 'system/cpu': 4, 'system/memory_mb': 100 }),
    report(5, { 'system/cpu': 1, 'system/memory_mb': 900 }),
    // another runner took over: what was used until then is not known
    report(50, { 'system/memory_mb': 300 }),
    report(55, { 'system/cpu': 2, 'system/memory_mb': 200 }),
  ]
  await series.append([
    { ...keyOf(1), kind: 'system', from: 0, records: samples },
    { ...keyOf(2), kind: 'system', from: 0, records: [report(8, { 'system/memory_mb': 7 })] },
  ])
  const { uses } = await trialMeasures(series, 's', trialWith([], 3))
  expect([...uses]).toEqual([
    [1, { samples: 4, peakMemory: 900, meanCpu: (4 * 1 + 1 * 4 + 2 * 5) / 10 }],
    [2, { samples: 1, peakMemory: 7, meanCpu: Number.NaN }],
  ])
})
