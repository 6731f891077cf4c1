import type { TrialRecord } from '@parzen/core'
import { expect, it } from 'vitest'
import { curveOf, thinned } from './curve.js'

it('has the last value of each step, in order, and only numbers', () => {
  const report = (step: number, loss: number | 'NaN') => ({ at: 0, step, attempt: 1, metrics: { loss } })
  const reports = [
    report(3, 9),
    report(1, 5),
    report(3, 2),
    report(2, 'NaN'),
    { ...report(4, 1), metrics: { other: 1 } },
  ]
  expect(curveOf({ reports } as unknown as TrialRecord, 'loss')).toEqual({ steps: [1, 3], values: [5, 2] })
})

it('loses no spike when it is thinned', () => {
  const steps = Array.from({ length: 10_000 }, (_, i) => i)
  const values = steps.map((i) => (i === 4321 ? 100 : i === 9000 ? -100 : Math.sin(i / 500)))
  const thin = thinned({ steps, values }, 200)
  expect(thin.steps.length).toBeLessThanOrEqual(200)
  expect(thin.steps[0]).toBe(0)
  expect(thin.steps.at(-1)).toBe(9999)
  expect(Math.max(...thin.values)).toBe(100)
  expect(Math.min(...thin.values)).toBe(-100)
  expect(thin.steps).toEqual(thin.steps.toSorted((a, b) => a - b))
  expect(thinned({ steps: [1], values: [2] }, 4)).toEqual({ steps: [1], values: [2] })
})
