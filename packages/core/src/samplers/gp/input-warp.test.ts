import { expect, test } from 'vitest'
import { rng } from '../../numerics/rng.js'
import { encoding } from './encoding.js'
import { warpByA, warpByB, warpRow, warpSlope } from './input-warp.js'
import { surrogate } from './surrogate.js'

const warped = (a: number, b: number, x: number): number => {
  const to = new Float64Array(1)
  warpRow(Float64Array.of(a, b), Float64Array.of(x), 0, to, 0, 1)
  return to[0]!
}

test('a = b = 1 changes no distance, and any shape keeps the order', () => {
  for (const x of [0, 0.3, 0.9, 1]) expect(warped(1, 1, x) - warped(1, 1, 0)).toBeCloseTo(x, 12)
  for (const [a, b] of [
    [0.2, 5],
    [5, 0.2],
    [5, 5],
    [0.2, 0.2],
  ] as const) {
    for (let k = 0; k < 50; k++) expect(warped(a, b, (k + 1) / 50)).toBeGreaterThan(warped(a, b, k / 50))
  }
})

test('slopes agree with finite differences, the ends included', () => {
  const h = 1e-6
  for (const [a, b] of [
    [0.4, 2.5],
    [3, 0.3],
    [1, 1],
  ] as const) {
    const shape = Float64Array.of(a, b)
    for (const x of [0, 0.01, 0.5, 0.99, 1]) {
      const numeric = (warped(a, b, x + h) - warped(a, b, x - h)) / (2 * h)
      expect(warpSlope(shape, 0, x) / numeric).toBeCloseTo(1, 3)
      const e = Math.exp(h)
      expect(warpByA(shape, 0, x)).toBeCloseTo((warped(a * e, b, x) - warped(a / e, b, x)) / (2 * h), 6)
      expect(warpByB(shape, 0, x)).toBeCloseTo((warped(a, b * e, x) - warped(a, b / e, x)) / (2 * h), 6)
    }
  }
})

test('the model of an objective that changes at one end only is better with the warp than without', () => {
  const coding = encoding({ x: { kind: 'float', low: 0, high: 1 } })
  const f = (x: number) => Math.sin(12 * Math.sqrt(Math.sqrt(x)))
  const uniform = rng(4)
  const xs = Array.from({ length: 18 }, () => uniform() ** 3)
  const targets = (n: number) => Float64Array.from(xs.slice(0, n), f)
  const errorOf = (warpSd: number) => {
    const model = surrogate(coding, targets, { warpSd })
    for (const x of xs) model.add(Float64Array.of(x))
    model.prepare()
    let squares = 0
    for (let k = 0; k < 200; k++) {
      const x = ((k + 0.5) / 200) ** 3
      model.predict(Float64Array.of(x), 0, false)
      squares += (model.mean - f(x)) ** 2
    }
    return Math.sqrt(squares / 200)
  }
  expect(errorOf(0.5)).toBeLessThan(0.5 * errorOf(1e-7))
})
