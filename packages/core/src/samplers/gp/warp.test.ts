import { expect, test } from 'vitest'
import { normalDraw, rng } from '../../numerics/rng.js'
import { power, standardize, yeoJohnson } from './warp.js'

test('the transform is Yeo and Johnson: identity at 1, logarithms at 0 and 2, smooth at 0', () => {
  for (const x of [-3, -0.5, 0, 0.7, 4]) expect(yeoJohnson(x, 1)).toBeCloseTo(x, 14)
  expect(yeoJohnson(3, 0)).toBeCloseTo(Math.log(4), 14)
  expect(yeoJohnson(-3, 2)).toBeCloseTo(-Math.log(4), 14)
  expect(yeoJohnson(3, 0.5)).toBeCloseTo(2, 14)
  expect(yeoJohnson(-3, 1.5)).toBeCloseTo(-2, 14)
})

test('a skewed sample becomes nearly symmetric, in the same order, of mean 0 and sd 1', () => {
  const uniform = rng(2)
  const x = Float64Array.from({ length: 400 }, () => Math.exp(1.2 * normalDraw(uniform)))
  const skewness = (y: Float64Array) => standardize(y).reduce((sum, v) => sum + v ** 3, 0) / y.length
  expect(skewness(x)).toBeGreaterThan(2)
  const z = power(x)
  expect(Math.abs(skewness(z))).toBeLessThan(0.4)
  expect(z.reduce((sum, v) => sum + v, 0) / 400).toBeCloseTo(0, 12)
  expect(z.reduce((sum, v) => sum + v * v, 0) / 400).toBeCloseTo(1, 12)
  const order = (y: Float64Array) => Array.from(y.keys()).sort((a, b) => x[a]! - x[b]!)
  const along = order(z).map((i) => z[i]!)
  expect(along.every((v, i) => i === 0 || v >= along[i - 1]!)).toBe(true)
})

test('one diverged run does not squeeze the rest together', () => {
  const x = Float64Array.from({ length: 21 }, (_, i) => (i === 20 ? 1e30 : i))
  const z = power(x)
  expect(z[10]! - z[0]!).toBeGreaterThan(0.5)
  expect(z.every(Number.isFinite)).toBe(true)
})

test('equal values, or a single one, are zeros', () => {
  expect([...power(Float64Array.of(7))]).toEqual([0])
  expect([...power(new Float64Array(5).fill(-2))]).toEqual([0, 0, 0, 0, 0])
})
