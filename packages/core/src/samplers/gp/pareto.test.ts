import { expect, test } from 'vitest'
import { rng } from '../../numerics/rng.js'
import { nondominated, upperBounds } from './pareto.js'

const rows = (...points: number[][]) => points.map((p) => Float64Array.from(p))

test('the front has no row that another equals or beats, and one of equal rows', () => {
  expect(nondominated(rows([1, 3], [2, 2], [2, 3], [3, 1], [2, 2], [4, 4]))).toEqual(rows([1, 3], [2, 2], [3, 1]))
})

test('corners of two objectives are the steps of the staircase', () => {
  const corners = upperBounds(rows([1, 3], [2, 2], [3, 1]), Float64Array.of(5, 5))
  expect(corners.map((c) => [...c]).sort((a, b) => a[0]! - b[0]!)).toEqual([
    [1, 5],
    [2, 3],
    [3, 2],
    [5, 1],
  ])
})

test.each([2, 3])('a point improves the front if and only if it lies below a corner: %i objectives', (m) => {
  const uniform = rng(m)
  const point = () => Float64Array.from({ length: m }, uniform)
  const reference = new Float64Array(m).fill(0.9)
  for (let k = 0; k < 20; k++) {
    const front = nondominated(Array.from({ length: 12 }, point))
    const corners = upperBounds(front, reference)
    for (let j = 0; j < 50; j++) {
      const z = point()
      const isInside = z.every((x, i) => x < reference[i]!)
      const isBeaten = front.some((other) => other.every((x, i) => x <= z[i]!))
      const isBelow = corners.some((corner) => z.every((x, i) => x < corner[i]!))
      expect(isBelow).toBe(isInside && !isBeaten)
    }
  }
})
