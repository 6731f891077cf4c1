import type { TrialRecord } from '@parzen/core'
import { expect, it } from 'vitest'
import { metricColumn } from './metric-column.js'

const trial = (number: number, metrics: readonly object[], finishedAt?: number): TrialRecord =>
  ({
    number,
    finishedAt,
    reports: metrics.map((one, step) => ({ attempt: 1, step, at: 0, metrics: one })),
  }) as unknown as TrialRecord

it('gives the last value of one metric, trial by trial, and the names of all', () => {
  const running = trial(2, [{ loss: 1 }])
  const trials = [trial(0, [{ loss: 3, accuracy: 0.1 }, { accuracy: 0.2 }], 1), trial(1, [], 1), running]
  expect(metricColumn(trials, undefined)).toEqual({ metrics: ['accuracy', 'loss'], trials: [], values: [] })
  expect(metricColumn(trials, 'accuracy')).toEqual({ metrics: ['accuracy', 'loss'], trials: [0], values: [0.2] })
  ;(running.reports as object[]).push({ attempt: 1, step: 1, at: 0, metrics: { accuracy: 'NaN', size: 4 } })
  expect(metricColumn(trials, 'accuracy')).toEqual({
    metrics: ['accuracy', 'loss', 'size'],
    trials: [0, 2],
    values: [0.2, 'NaN'],
  })
  expect(metricColumn(trials, 'gone').trials).toEqual([])
})
