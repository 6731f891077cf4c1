import type { TrialRecord } from '@parzen/core'
import { expect, it } from 'vitest'
import { metricColumn } from './metric-column.js'

const trial = (number: number, metrics: readonly object[], finishedAt?: number): TrialRecord =>
  ({
    number,
    finishedAt,
    reports: metrics.map((one, step) => ({ attempt: 1, step, at: 0, metrics: one })),
  }) as unknown as TrialRecord

it('gives the last value of one metric, trial by trial, and the names of all', async () => {
  const running = trial(2, [{ loss: 1 }])
  const trials = [trial(0, [{ loss: 3, accuracy: 0.1 }, { accuracy: 0.2 }], 1), trial(1, [], 1), running]
  expect(await metricColumn(trials, undefined)).toEqual({ metrics: ['accuracy', 'loss'], trials: [], values: [] })
  expect(await metricColumn(trials, 'accuracy')).toEqual({ metrics: ['accuracy', 'loss'], trials: [0], values: [0.2] })
  ;(running.reports as object[]).push({ attempt: 1, step: 1, at: 0, metrics: { accuracy: 'NaN', size: 4 } })
  expect(await metricColumn(trials, 'accuracy')).toEqual({
    metrics: ['accuracy', 'loss', 'size'],
    trials: [0, 2],
    values: [0.2, 'NaN'],
  })
  expect((await metricColumn(trials, 'gone')).trials).toEqual([])
})

it('lets other calls through while it goes over many trials', async () => {
  const reports = Array.from({ length: 20 }, (_, step) => ({ loss: step, accuracy: step }))
  const trials = Array.from({ length: 10_000 }, (_, number) => trial(number, reports, 1))
  let turns = 0
  const count = () => {
    turns++
    ticking = setImmediate(count)
  }
  let ticking = setImmediate(count)
  const { values } = await metricColumn(trials, 'loss')
  clearImmediate(ticking)
  expect(values).toEqual(Array(10_000).fill(19))
  expect(turns).toBeGreaterThan(0)
})
