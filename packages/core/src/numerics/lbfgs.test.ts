import { expect, test } from 'vitest'
import { type Differentiable, lbfgs } from './lbfgs.js'
import golden from './linear.golden.json' with { type: 'json' }

const exact = { maxEvaluations: 500, gradientTolerance: 1e-9, valueTolerance: 0 }

const rosenbrock: Differentiable = (x, g) => {
  let sum = 0
  g.fill(0)
  for (let i = 0; i + 1 < x.length; i++) {
    const a = x[i + 1]! - x[i]! ** 2
    const b = 1 - x[i]!
    sum += 100 * a * a + b * b
    g[i] = g[i]! - 400 * a * x[i]! - 2 * b
    g[i + 1] = g[i + 1]! + 200 * a
  }
  return sum
}

function box(n: number, low: number, high: number) {
  return { lower: new Float64Array(n).fill(low), upper: new Float64Array(n).fill(high) }
}

test('finds the minimum SciPy finds where a bound is active', () => {
  const { lower, upper, start, x, value } = golden.rosenbrock
  const z = Float64Array.from(start)
  const limits = { lower: Float64Array.from(lower), upper: Float64Array.from(upper) }
  const found = lbfgs(4)(rosenbrock, z, limits, exact)
  expect(Math.abs(found - value)).toBeLessThan(1e-9)
  expect(Math.max(...z.map((v, i) => Math.abs(v - x[i]!)))).toBeLessThan(1e-6)
})

test('descends the valley of ten variables to its end', () => {
  const x = new Float64Array(10).fill(-1)
  expect(lbfgs(10)(rosenbrock, x, box(10, -5, 5), exact)).toBeLessThan(1e-12)
  for (const v of x) expect(Math.abs(v - 1)).toBeLessThan(1e-5)
})

test('goes to the corner a linear function points to, and never leaves the box', () => {
  const limits = box(3, -1, 2)
  const linear: Differentiable = (x, g) => {
    for (const v of x) expect(v >= -1 && v <= 2).toBe(true)
    g.set([1, -2, 3])
    return x[0]! - 2 * x[1]! + 3 * x[2]!
  }
  const x = Float64Array.of(9, 0.5, 0)
  expect(lbfgs(3)(linear, x, limits, exact)).toBe(-8)
  expect([...x]).toEqual([-1, 2, -1])
})

test('steps back from where the function is not finite, and gives up where it starts so', () => {
  const barrier: Differentiable = (x, g) => {
    if (x[0]! <= 0) return Number.NaN
    g[0] = 1 - 0.01 / x[0]!
    return x[0]! - 0.01 * Math.log(x[0]!)
  }
  const x = Float64Array.of(3)
  lbfgs(1)(barrier, x, box(1, -10, 10), exact)
  expect(Math.abs(x[0]! - 0.01)).toBeLessThan(1e-6)
  const nowhere = Float64Array.of(2)
  expect(lbfgs(1)(() => Infinity, nowhere, box(1, 0, 5), exact)).toBe(Infinity)
  expect(nowhere[0]).toBe(2)
})

test('a minimiser used again, also for fewer variables, gives what a fresh one gives, within its evaluations', () => {
  const used = lbfgs(6)
  used(rosenbrock, new Float64Array(6), box(6, -2, 2), exact)
  let calls = 0
  const counted: Differentiable = (x, g) => {
    calls++
    return rosenbrock(x, g)
  }
  const again = Float64Array.of(-1, 0.5, 1.5)
  const fresh = again.slice()
  used(counted, again, box(3, -2, 2), { ...exact, maxEvaluations: 17 })
  expect(calls).toBeLessThanOrEqual(17)
  lbfgs(3)(rosenbrock, fresh, box(3, -2, 2), { ...exact, maxEvaluations: 17 })
  expect(again).toEqual(fresh)
})
