import fc from 'fast-check'
import { expect, it } from 'vitest'
import { lineSpec } from '../journal/line-spec.contract.js'
import { fold } from '../journal/state.js'
import { bestHistory } from './best-so-far.js'

const study = (values: readonly number[], direction: 'minimize' | 'maximize') =>
  fold([
    {
      at: 0,
      type: 'study-created',
      spec: lineSpec({
        space: {},
        objectives: [{ metric: 'm', direction }],
        seed: 0,
      }),
    },
    ...values.flatMap((value, trial) => [
      { at: 0, type: 'trial-started' as const, trial, params: {}, seen: 0, worker: '' },
      {
        at: 0,
        type: 'trial-finished' as const,
        trial,
        outcome: { state: 'complete' as const, values: [value] },
      },
    ]),
  ])

it('thins the best-so-far curve to even moments, and keeps where it stands now', () => {
  expect(bestHistory(study([5, 3, 4, 1], 'minimize'), 10)).toEqual([5, 3, 3, 1])
  expect(bestHistory(study([5, 3, 4, 1], 'minimize'), 2)).toEqual([3, 1])
  expect(bestHistory(study([5, 3, 9], 'maximize'), 60)).toEqual([5, 5, 9])
  expect(bestHistory(study([], 'maximize'), 60)).toEqual([])
  fc.assert(
    fc.property(
      fc.array(fc.integer(), { minLength: 1, maxLength: 200 }),
      fc.integer({ min: 1, max: 70 }),
      (values, points) => {
        const history = bestHistory(study(values, 'minimize'), points)
        expect(history.length).toBe(Math.min(points, values.length))
        expect(history.at(-1)).toBe(Math.min(...values))
        expect(history).toEqual(history.toSorted((a, b) => b - a))
      },
    ),
  )
})
