import type { TrialRecord } from '@parzen/core'
import { expect, it } from 'vitest'
import { curvesOf, thinned } from './curve.js'

const report = (step: number, loss: number | 'NaN', attempt = 1) => ({
  at: step * 10,
  step,
  attempt,
  metrics: { loss },
})
const trial = (reports: readonly object[]) => ({ reports }) as unknown as TrialRecord

it('has the last value of each step, in order, and only numbers', () => {
  const reports = [
    report(3, 9),
    report(1, 5),
    { ...report(3, 2), at: 31 },
    report(2, 'NaN'),
    { ...report(4, 1), metrics: { other: 1 } },
  ]
  expect(curvesOf(trial(reports), 'loss', 'last')).toEqual([
    { attempt: 1, steps: [1, 3], at: [10, 31], values: [5, 2] },
  ])
  expect(curvesOf(trial(reports), 'nothing', 'last')).toEqual([])
})

it('has the last attempt, with what came before the step it went on from', () => {
  const first = [report(0, 9), report(1, 8), report(2, 7)]
  const again = trial([...first, report(0, 5, 2), report(1, 4, 2)])
  const goneOn = trial([...first, report(2, 6, 2), report(3, 5, 2)])
  expect(curvesOf(again, 'loss', 'last')).toEqual([{ attempt: 2, steps: [0, 1], at: [0, 10], values: [5, 4] }])
  expect(curvesOf(goneOn, 'loss', 'last')).toMatchObject([{ attempt: 2, steps: [0, 1, 2, 3], values: [9, 8, 6, 5] }])
  expect(curvesOf(goneOn, 'loss', 'all')).toMatchObject([
    { attempt: 1, values: [9, 8, 7] },
    { attempt: 2, values: [6, 5] },
  ])
})

it('loses no spike when it is thinned', () => {
  const steps = Array.from({ length: 10_000 }, (_, i) => i)
  const values = steps.map((i) => (i === 4321 ? 100 : i === 9000 ? -100 : Math.sin(i / 500)))
  const thin = thinned({ steps, at: steps.map((i) => i * 2), values }, 200)
  expect(thin.steps.length).toBeLessThanOrEqual(200)
  expect(thin.steps[0]).toBe(0)
  expect(thin.steps.at(-1)).toBe(9999)
  expect(thin.at).toEqual(thin.steps.map((i) => i * 2))
  expect(Math.max(...thin.values)).toBe(100)
  expect(Math.min(...thin.values)).toBe(-100)
  expect(thin.steps).toEqual(thin.steps.toSorted((a, b) => a - b))
  expect(thinned({ steps: [1], at: [3], values: [2] }, 4)).toEqual({ steps: [1], at: [3], values: [2] })
})
