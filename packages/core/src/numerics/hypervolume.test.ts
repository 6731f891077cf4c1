import fc from 'fast-check'
import { expect, it } from 'vitest'
import golden from './hypervolume.golden.json' with { type: 'json' }
import { hypervolume } from './hypervolume.js'
import { rng } from './rng.js'

it.each(golden.cases.map((each) => [`${each.points.length} points of ${each.reference.length}`, each] as const))(
  'agrees with Optuna: %s',
  (_, { points, reference, volume }) => {
    expect(Math.abs(hypervolume(points, reference) / volume - 1)).toBeLessThan(1e-12)
  },
)

it('is nothing without points below the reference', () => {
  expect(hypervolume([], [1, 1])).toBe(0)
  expect(hypervolume([[1, 0]], [1, 1])).toBe(0)
  expect(hypervolume([[0.5, 0.5, 0.5, 1]], [1, 1, 1, 1])).toBe(0)
})

it('has the special cases agree with the recursion', () => {
  const coordinate = fc.integer({ min: 0, max: 6 })
  fc.assert(
    fc.property(fc.array(fc.tuple(coordinate, coordinate, coordinate), { maxLength: 12 }), (points) => {
      // one more coordinate, the same for all, goes the general way
      const longer = points.map((point) => [...point, 0])
      expect(hypervolume(longer, [6, 6, 6, 1])).toBe(hypervolume(points, [6, 6, 6]))
      const flat = points.map(([x, y]) => [x, y])
      expect(
        hypervolume(
          flat.map((point) => [...point, 0]),
          [6, 6, 1],
        ),
      ).toBe(hypervolume(flat, [6, 6]))
    }),
  )
})

it('is what a count of dominated draws estimates', () => {
  const uniform = rng(4)
  const points = Array.from({ length: 30 }, () => Array.from({ length: 4 }, uniform))
  const draws = Array.from({ length: 4000 }, () => Array.from({ length: 4 }, uniform))
  const dominated = draws.filter((draw) => points.some((point) => point.every((x, k) => x <= (draw[k] as number))))
  // 5 standard errors
  expect(Math.abs(hypervolume(points, [1, 1, 1, 1]) - dominated.length / 4000)).toBeLessThan(0.04)
})
