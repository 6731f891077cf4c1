import { expect, it } from 'vitest'
import { curvesOf, thinned } from './curve.js'

const part = (attempt: number, steps: readonly number[], values: readonly number[]) => ({
  attempt,
  steps,
  at: steps.map((step, i) => step * 10 + i),
  values,
})

it('has the last value of each step, in order', () => {
  expect(curvesOf([part(1, [3, 1, 3], [9, 5, 2])], 'last')).toEqual([
    { attempt: 1, steps: [1, 3], at: [11, 32], values: [5, 2] },
  ])
  expect(curvesOf([part(1, [], [])], 'last')).toEqual([])
})

it('has the last attempt, with what came before the step it went on from', () => {
  const first = part(1, [0, 1, 2], [9, 8, 7])
  const again = [first, part(2, [0, 1], [5, 4]), part(3, [], [])]
  const goneOn = [first, part(2, [2, 3], [6, 5])]
  expect(curvesOf(again, 'last')).toEqual([{ attempt: 2, steps: [0, 1], at: [0, 11], values: [5, 4] }])
  expect(curvesOf(goneOn, 'last')).toMatchObject([{ attempt: 2, steps: [0, 1, 2, 3], values: [9, 8, 6, 5] }])
  expect(curvesOf(goneOn, 'all')).toMatchObject([
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
