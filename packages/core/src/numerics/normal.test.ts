import { expect, test } from 'vitest'
import golden from './normal.golden.json' with { type: 'json' }
import {
  erfc,
  erfcx,
  logNormalMass,
  normalCdf,
  normalLogCdf,
  normalLogPdf,
  normalPdf,
  normalQuantile,
} from './normal.js'

const error = (actual: number, expected: number) =>
  actual === expected ? 0 : Math.abs(actual - expected) / Math.abs(expected)

/** The entries whose relative error is above `limit`, for the message of a failing test. */
function worse(pairs: readonly (readonly number[])[], f: (x: number) => number, limit: number): unknown[] {
  return pairs
    .map(([x, expected]) => ({ x, expected, actual: f(x as number), error: error(f(x as number), expected as number) }))
    .filter((entry) => !(entry.error <= limit))
}

test('the distribution function has a relative error below 1e-14, far tails 1e-13', () => {
  expect(worse(golden.cdf, normalCdf, 1e-14).filter((e) => ((e as { x: number }).x ?? 0) > -10)).toEqual([])
  expect(worse(golden.cdf, normalCdf, 1e-13)).toEqual([])
})

test('its logarithm has a relative error below 1e-14 from -1e5 to 37', () => {
  expect(worse(golden.logCdf, normalLogCdf, 1e-14)).toEqual([])
})

test('the quantile has a relative error below 1e-14 from 1e-300 to 1 - 2^-53', () => {
  expect(worse(golden.quantile, normalQuantile, 1e-14)).toEqual([])
})

test('the log mass of an interval does not cancel', () => {
  const bound = (x: number | string) => (typeof x === 'number' ? x : x === 'inf' ? Infinity : -Infinity)
  const wrong = golden.logMass
    .map(([a, b, expected]) => [a, b, expected, logNormalMass(bound(a!), bound(b!))] as const)
    .filter(
      ([, , expected, actual]) =>
        !(Math.abs(actual - (expected as number)) <= 1e-13 * Math.max(1, Math.abs(expected as number))),
    )
  expect(wrong).toEqual([])
})

test('edges', () => {
  expect([normalCdf(-Infinity), normalCdf(Infinity), normalCdf(0)]).toEqual([0, 1, 0.5])
  expect([normalLogCdf(-Infinity), normalLogCdf(Infinity)]).toEqual([-Infinity, -0])
  expect([normalQuantile(0), normalQuantile(1), normalQuantile(0.5)]).toEqual([-Infinity, Infinity, 0])
  expect([erfc(0), erfc(-Infinity), erfc(Infinity), erfcx(0)]).toEqual([1, 2, 0, 1])
})

test('density and its logarithm', () => {
  expect(normalPdf(0)).toBeCloseTo(0.3989422804014327, 15)
  expect(normalPdf(-2)).toBeCloseTo(0.05399096651318806, 15)
  expect(normalLogPdf(40)).toBeCloseTo(-800.9189385332047, 10)
})
