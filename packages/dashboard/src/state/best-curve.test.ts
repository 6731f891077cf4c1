import { fold, type StudyEvent } from '@parzen/core'
import { lineSpec } from '@parzen/core/testing'
import { expect, it } from 'vitest'
import { bestCurve, valueThere } from './best-curve.js'

const events = (values: readonly (number | undefined)[], direction: 'minimize' | 'maximize'): StudyEvent[] => [
  {
    at: 0,
    type: 'study-created',
    spec: lineSpec({
      space: {},
      objectives: [{ metric: 'm', direction }],
      seed: 0,
    }),
  },
  ...values.flatMap((value, trial): StudyEvent[] => [
    { at: 5000 + 1000 * trial, type: 'trial-started', trial, params: {}, seen: 0, worker: '' },
    {
      at: 6000 + 1000 * trial,
      type: 'trial-finished',
      trial,
      outcome: value === undefined ? { state: 'pruned', reason: '' } : { state: 'complete', values: [value] },
    },
  ]),
]

it('has a point where the best becomes better, and where it stands', () => {
  expect(bestCurve(fold(events([5, undefined, 7, 3, 4], 'minimize')))).toEqual({
    study: 's',
    trials: [1, 4, 5],
    seconds: [1, 4, 5],
    values: [5, 3, 3],
  })
  expect(bestCurve(fold(events([5, 7, 3], 'maximize'))).values).toEqual([5, 7, 7])
  expect(bestCurve(fold(events([undefined], 'maximize'))).values).toEqual([])
})

it('reads a staircase', () => {
  const at = (x: number) => valueThere([1, 4], [5, 3], x)
  expect([at(0.5), at(1), at(3.9), at(9)]).toEqual([undefined, 5, 5, 3])
})
