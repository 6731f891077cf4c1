import { expect, test } from 'vitest'
import { rng } from '../../numerics/rng.js'
import { drawFrom, forgettingWeight, logDensity, type Mixture, parzen, type Support } from './hyperopt-parzen.js'

// golden values: Hyperopt at c49ad14, hyperopt/tpe.py (adaptive_parzen_normal, linear_forgetting_weights, GMM1_lpdf, LGMM1_lpdf)

const ones = (n: number) => new Float64Array(n).fill(1)
const estimate = (z: readonly number[], mu0: number, s0: number, weight = 1) =>
  parzen(
    [...z].sort((a, b) => a - b),
    ones(z.length),
    { mu0, s0, weight },
  )
const rounded = (values: Float64Array) => Array.from(values, (value) => Number(value.toFixed(6)))
const whole: Support = { low: -Infinity, high: Infinity, log: false, step: 0 }
const cut: Support = { ...whole, low: -5, high: 5 }

test('mixtures are those of Hyperopt', () => {
  const first = estimate([1, 4, 2], 0, 10)
  expect([rounded(first.w), rounded(first.mu), rounded(first.sigma)]).toEqual([
    [0.25, 0.25, 0.25, 0.25],
    [0, 1, 2, 4],
    [10, 2, 2, 2],
  ])
  const single = estimate([5], 0, 10)
  expect([rounded(single.w), rounded(single.mu), rounded(single.sigma)]).toEqual([
    [0.5, 0.5],
    [0, 5],
    [10, 5],
  ])
  const five = estimate([3, -1, -1.5, 8, 0.2], 0, 4, 2)
  expect(rounded(five.w)).toEqual([1, 1, 2, 1, 1, 1].map((w) => Number((w / 7).toFixed(6))))
  expect(rounded(five.mu)).toEqual([-1.5, -1, 0, 0.2, 3, 8])
  expect(rounded(five.sigma)).toEqual([0.571429, 1, 4, 2.8, 4, 4])
})

test('without observations the prior is all there is', () => {
  const { mu, sigma, w } = estimate([], 2, 3)
  expect([...mu, ...sigma, ...w]).toEqual([2, 3, 1])
})

test('old observations are forgotten linearly', () => {
  const weights = Array.from({ length: 30 }, (_, i) => Number(forgettingWeight(i, 30, 25).toFixed(6)))
  expect(weights.slice(0, 6)).toEqual([0.033333, 0.275, 0.516667, 0.758333, 1, 1])
  expect(weights.slice(6).every((w) => w === 1)).toBe(true)
  expect([0, 1, 25].map((i) => forgettingWeight(i, 26, 25))).toEqual([1 / 26, 1, 1])
  expect(forgettingWeight(0, 25, 25)).toBe(1)
})

test.each<readonly [number, Support, number]>([
  [1.5, whole, -2.045155],
  [1.5, cut, -1.751872],
  [2, { ...cut, step: 1 }, -1.72385],
  [5, { ...cut, step: 1 }, -2.884418],
  [1.5, { ...cut, log: true }, -2.669929],
  [2, { ...cut, log: true, step: 1 }, -2.574814],
])('the log density at %d is that of Hyperopt: %o', (x, support, expected) => {
  expect(logDensity(estimate([1, 4, 2], 0, 10), support, x)).toBeCloseTo(expected, 6)
})

test('densities far from every component do not underflow', () => {
  const narrow: Mixture = {
    mu: Float64Array.of(0, 1),
    sigma: Float64Array.of(0.01, 0.01),
    w: Float64Array.of(0.5, 0.5),
  }
  const expected = -0.5 * 99 ** 2 * 1e4 + Math.log(0.5 / 0.01) - 0.5 * Math.log(2 * Math.PI)
  expect(logDensity(narrow, whole, 100)).toBeCloseTo(expected, 3)
})

test('draws follow the truncated mixture', () => {
  // Kolmogorov–Smirnov at 20,000 draws: 0.0163 is exceeded by chance once in 20,000; the seed is fixed
  const mixture = estimate([1, 4, 2], 0, 10)
  const uniform = rng(7)
  const draws = Float64Array.from({ length: 20_000 }, () => drawFrom(mixture, cut, uniform)).sort()
  let cdf = 0
  let worst = 0
  let at = -5
  draws.forEach((z, i) => {
    // trapezoids are fine here: neighbouring draws lie 0.0005 apart
    cdf += (z - at) * Math.exp(logDensity(mixture, cut, (z + at) / 2))
    at = z
    worst = Math.max(worst, Math.abs(cdf - (i + 0.5) / draws.length))
  })
  expect(draws[0]).toBeGreaterThanOrEqual(-5)
  expect(draws.at(-1)).toBeLessThan(5)
  expect(worst).toBeLessThan(0.0163)
})
