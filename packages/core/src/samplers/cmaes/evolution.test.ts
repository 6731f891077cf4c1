import { expect, test } from 'vitest'
import golden from './evolution.golden.json' with { type: 'json' }
import { deviation, evolution, evolve } from './evolution.js'
import { rates, weightsByLoss } from './weights.js'

test('the default parameters are those of table 1', () => {
  const { w, ...scalars } = rates(3, 8)
  expect(Math.max(...Array.from(w, (x, i) => Math.abs(x - golden.rates.w[i]!)))).toBeLessThan(1e-14)
  for (const [name, value] of Object.entries(scalars))
    expect(value).toBeCloseTo(golden.rates[name as keyof typeof scalars], 14)
})

test('four generations move the distribution as the reference implementation does', () => {
  const e = evolution({ m: Float64Array.from(golden.m), sigma: golden.sigma })
  for (const { X, losses, m, sigma, C } of golden.generations) {
    evolve(
      e,
      Float64Array.from(X.flat()),
      Float64Array.from(losses),
      losses.map(() => false),
    )
    expect(e.sigma).toBeCloseTo(sigma, 6)
    for (const [j, expected] of m.entries()) expect(e.m[j]).toBeCloseTo(expected, 6)
    for (const [at, expected] of C.entries()) expect(e.C[at]).toBeCloseTo(expected, 6)
  }
})

test('equal losses share the mean of their weights', () => {
  const w = Float64Array.of(0.6, 0.4, -0.1, -0.3)
  expect([...weightsByLoss(Float64Array.of(Infinity, 1, 2, Infinity), w)]).toEqual([-0.2, 0.6, 0.4, -0.2])
  for (const weight of weightsByLoss(Float64Array.of(5, 5, 5, 5), w)) expect(weight).toBeCloseTo(0.15, 15)
})

test('a generation of equal losses is a small step: no direction is favoured', () => {
  const e = evolution({ m: Float64Array.of(0.5, 0.5), sigma: 0.1 })
  const X = Float64Array.of(0.6, 0.5, 0.4, 0.5, 0.5, 0.6, 0.5, 0.4)
  evolve(e, X, new Float64Array(4).fill(7), [false, false, false, false])
  expect(e.m[0]).toBeCloseTo(0.5, 15)
  expect(e.m[1]).toBeCloseTo(0.5, 15)
})

test('a trial that is far away moves the mean no further than its shortened step', () => {
  const moved = (foreign: boolean) => {
    const e = evolution({ m: Float64Array.of(0.5, 0.5), sigma: 0.01 })
    const X = Float64Array.of(0.9, 0.5, 0.5, 0.51, 0.49, 0.5, 0.5, 0.49)
    evolve(e, X, Float64Array.of(0, 1, 2, 3), [foreign, false, false, false])
    return { step: e.m[0]! - 0.5, sd: deviation(e, 0) }
  }
  const [limited, free] = [moved(true), moved(false)]
  // √2 + 2·2/4 = 2.41 standard deviations of 0.01, at most
  expect(limited.step).toBeGreaterThan(0.01)
  expect(limited.step).toBeLessThan(0.0242)
  expect(free.step).toBeGreaterThan(0.25)
  expect(limited.sd).toBeLessThan(0.05)
})
