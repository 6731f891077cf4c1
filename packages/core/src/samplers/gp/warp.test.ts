import { expect, test } from 'vitest'
import { normalDraw, rng } from '../../numerics/rng.js'
import { halfRank, plain, power, standardize, yeoJohnson } from './warp.js'

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

test('a half-rank warp keeps the order, and knows of the worse half its ranks only', () => {
  const x = Float64Array.of(0, 1, 2, 3, 4, 5, 6)
  const z = halfRank(x)
  expect(z.every((v, i) => i === 0 || v > z[i - 1]!)).toBe(true)
  expect(halfRank(Float64Array.of(0, 1, 2, 3, 4, 50, 6000))).toEqual(z)
  // Φ⁻¹ of a quarter of (0.5, 1.5, 2.5) / 3.5 above the median 3, in units of the better half's root mean square
  const raw = [
    0,
    1,
    2,
    3,
    ...[0.3661063568005698, 0.7916386077433746, 1.465233792685521].map((q) => 3 + q * Math.sqrt(14 / 4)),
  ]
  const range = raw[6]!
  const expected = standardize(Float64Array.from(raw, (v) => Math.log1p((0.5 * v) / range)))
  for (let i = 0; i < 7; i++) expect(z[i]).toBeCloseTo(expected[i]!, 12)
})

test.each([
  ['power', power],
  ['plain', plain],
  ['half-rank', halfRank],
])('one diverged run does not squeeze the rest together: %s', (_, warp) => {
  const x = Float64Array.from({ length: 21 }, (_value, i) => (i === 20 ? 1e30 : i))
  const z = warp(x)
  expect(z[10]! - z[0]!).toBeGreaterThan(0.5)
  expect(z.every(Number.isFinite)).toBe(true)
  expect([...warp(Float64Array.of(7))]).toEqual([0])
  expect([...warp(new Float64Array(5).fill(-2))]).toEqual([0, 0, 0, 0, 0])
})
