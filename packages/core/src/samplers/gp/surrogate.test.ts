import { expect, test } from 'vitest'
import type { Differentiable } from '../../numerics/lbfgs.js'
import { normalDraw, rng } from '../../numerics/rng.js'
import type { Space } from '../../space/distribution.js'
import { deep } from '../contract-spaces.contract.js'
import {
  type Acquisition,
  logExpectedImprovement,
  logExpectedVolume,
  logImaginedImprovement,
  logImprovement,
  logProbabilityBelow,
  sum,
} from './acquisition.js'
import { encoding } from './encoding.js'
import golden from './gp.golden.json' with { type: 'json' }
import { likelihood } from './likelihood.js'
import { prior } from './prior.js'
import { type Surrogate, surrogate } from './surrogate.js'

const X = Float64Array.from(golden.X)
const y = Float64Array.from(golden.y)
const unit = { kind: 'float', low: 0, high: 1 } as const
const space: Space = { a: unit, b: unit, c: unit, d: { kind: 'categorical', choices: ['p', 'q', 'r'] } }
const pinned = {
  scale: golden.pinned.scale,
  scaleSd: 1e-7,
  noise: golden.noise,
  noiseSd: 1e-7,
  signalSd: 1e-7,
  warpSd: 1e-7,
}

/** The largest relative difference between the gradient and central differences. */
function gradientError(f: Differentiable, x: Float64Array): number {
  const g = new Float64Array(x.length)
  const ignored = new Float64Array(x.length)
  f(x, g)
  let worst = 0
  for (let i = 0; i < x.length; i++) {
    const h = 1e-5
    const up = f(x.with(i, x[i]! + h), ignored)
    const down = f(x.with(i, x[i]! - h), ignored)
    const numeric = (up - down) / (2 * h)
    worst = Math.max(worst, Math.abs(numeric - g[i]!) / Math.max(1, Math.abs(numeric)))
  }
  return worst
}

function grown(model: Surrogate, rows: Float64Array, n: number, dims: number): Surrogate {
  for (let i = 0; i < n; i++) model.add(rows.subarray(i * dims, i * dims + dims))
  model.prepare()
  return model
}

test('the likelihood is that of dense algebra in NumPy', () => {
  const flat = { ...prior([4, 3], 4), precision: new Float64Array(12) }
  const t = Float64Array.from([...golden.theta, golden.s, golden.noise, ...Array(6).fill(1)], Math.log)
  const value = likelihood(4, 3, flat).of(X, y, 8)(t, new Float64Array(12))
  expect(value).toBeCloseTo(golden.negativeLogLikelihood, 10)
})

test('the gradient of the posterior of hyperparameters agrees with finite differences', () => {
  const f = likelihood(4, 3, prior([4, 3], 3)).of(X, y, 8)
  const uniform = rng(3)
  for (let k = 0; k < 10; k++)
    expect(
      gradientError(
        f,
        Float64Array.from({ length: 12 }, (_, p) => (p < 6 ? 3 * uniform() - 2 : 2 * uniform() - 1)),
      ),
    ).toBeLessThan(1e-6)
})

test('mean and variance are those of dense algebra, with and without a pending point', () => {
  const model = grown(
    surrogate(encoding(space), () => y, pinned),
    X,
    8,
    4,
  )
  const Z = Float64Array.from(golden.Z)
  const at = (i: number) => {
    model.predict(Z, 4 * i, false)
    return [model.mean, model.variance] as const
  }
  for (let i = 0; i < 3; i++) {
    expect(at(i)[0]).toBeCloseTo(golden.pinned.mean[i]!, 6)
    expect(at(i)[1]).toBeCloseTo(golden.pinned.variance[i]!, 6)
  }
  model.pend([Z.slice(0, 4)])
  for (let i = 0; i < 3; i++) {
    expect(at(i)[0]).toBeCloseTo(golden.pinned.mean[i]!, 6)
    expect(at(i)[1]).toBeCloseTo(golden.pinned.varianceWithFirstPending[i]!, 6)
  }
  for (let i = 0; i < 8; i++) {
    model.predict(X, 4 * i, false)
    expect(model.meanAt(i)).toBeCloseTo(model.mean, 9)
  }
})

test('repeated points leave the model finite, its variance positive', () => {
  const coding = encoding(space)
  const targets = (n: number) => Float64Array.from({ length: n }, (_, i) => (i % 5) - 2)
  const model = surrogate(coding, targets)
  const f = Float64Array.of(0.3, 0.4, 0.5, 1)
  for (let n = 1; n <= 60; n++) {
    model.add(f)
    model.prepare()
    model.pend([f, f, f])
    model.predict(f, 0, true)
    expect([model.mean, ...model.dMean, ...model.dVariance].every(Number.isFinite)).toBe(true)
    expect(model.variance).toBeGreaterThan(0)
  }
})

test('what was pending, or asked for in between, leaves no trace', () => {
  const coding = encoding(space)
  const uniform = rng(8)
  const rows = Array.from({ length: 60 }, () =>
    Float64Array.of(uniform(), uniform(), uniform(), Math.floor(3 * uniform())),
  )
  const targets = (n: number) => Float64Array.from(rows.slice(0, n), (r) => Math.sin(5 * r[0]!) + r[1]! * r[3]!)
  const steady = surrogate(coding, targets)
  const once = surrogate(coding, targets)
  for (const [i, row] of rows.entries()) {
    steady.add(row)
    once.add(row)
    steady.prepare()
    steady.pend([rows[(i + 7) % 60]!, rows[(i + 8) % 60]!])
  }
  once.prepare()
  steady.pend([])
  once.pend([])
  const z = Float64Array.of(0.2, 0.6, 0.7, 1)
  once.predict(z, 0, true)
  steady.predict(z, 0, true)
  expect([steady.mean, steady.variance, ...steady.dMean]).toEqual([once.mean, once.variance, ...once.dMean])
})

test('imagined results spread the mean as far as they will lower the variance', () => {
  const pending = [Float64Array.of(0.3, 0.3, 0.1, 0), Float64Array.of(0.8, 0.2, 0.9, 2)]
  const model = grown(
    surrogate(encoding(space), () => y),
    X,
    8,
    4,
  )
  const points = [...pending, Float64Array.of(0.25, 0.4, 0.3, 0), Float64Array.of(0.9, 0.1, 0.6, 1)]
  const before = points.map((f) => {
    model.predict(f, 0, false)
    return { mean: model.mean, variance: model.variance }
  })
  model.pend(pending)
  model.imagine([Float64Array.of(0, 0), Float64Array.of(1, 0), Float64Array.of(0, 1)], [])
  for (const [i, f] of points.entries()) {
    model.predict(f, 0, false)
    expect(model.mean).toBe(before[i]!.mean)
    expect(model.imaginedMean(0)).toBe(model.mean)
    const spread = [1, 2].reduce((sum, m) => sum + (model.imaginedMean(m) - model.mean) ** 2, 0)
    expect(spread).toBeCloseTo(before[i]!.variance - model.variance, 10)
  }
})

test('what is to be beaten in an imagination is its least mean where something ran or runs', () => {
  const pending = [Float64Array.of(0.3, 0.3, 0.1, 0), Float64Array.of(0.8, 0.2, 0.9, 2)]
  const model = grown(
    surrogate(encoding(space), () => y),
    X,
    8,
    4,
  )
  model.pend(pending)
  const z = [Float64Array.of(0.7, -1.2), Float64Array.of(-3, 0.1), Float64Array.of(1, 2)]
  const rows = [1, 4, 7]
  const least = model.imagine(z, rows)
  for (const m of z.keys()) {
    const means = [...rows.map((i) => X.subarray(4 * i, 4 * i + 4)), ...pending].map((f) => {
      model.predict(f, 0, false)
      return model.imaginedMean(m)
    })
    expect(least[m]).toBeCloseTo(Math.min(...means), 10)
  }
})

test('ln of the improvement and its ratios are exact from far below to far above the best', () => {
  const h = { log: 0, cdf: 0, pdf: 0 }
  for (const [z, expected] of golden.logImprovement as [number, number][]) {
    logImprovement(z, h)
    // 1 + z Φ/φ has lost up to z² of its digits just before the series takes over
    expect(Math.abs(h.log - expected) / Math.max(1, Math.abs(expected))).toBeLessThan(
      z < -40 && z > -100 ? 1e-12 : 2e-14,
    )
    // φ + zΦ = h, divided by h
    expect(Math.abs(h.pdf + z * h.cdf - 1)).toBeLessThan(1e-9 * Math.max(1, z * z))
  }
})

test('gradients of every acquisition agree with finite differences, near and far from the best', () => {
  const coding = encoding(space)
  const one = grown(
    surrogate(coding, () => y),
    X,
    8,
    4,
  )
  const two = grown(
    surrogate(coding, () => y.map((v) => -v * v)),
    X,
    8,
    4,
  )
  const corners = [Float64Array.of(-0.5, 0.3), Float64Array.of(0.1, -0.9), Float64Array.of(0.4, -1.2)]
  const acquisitions: Acquisition[] = [
    logExpectedImprovement(one, -1),
    logExpectedImprovement(one, -60),
    logProbabilityBelow(two, -1.5),
    logExpectedVolume([one, two], corners),
    sum([logExpectedImprovement(one, 0.2), logProbabilityBelow(two, 0)], 3),
  ]
  const uniform = rng(5)
  const waiting = grown(
    surrogate(coding, () => y),
    X,
    8,
    4,
  )
  waiting.pend([Float64Array.of(0.3, 0.3, 0.1, 0), Float64Array.of(0.8, 0.2, 0.9, 2)])
  const z = Array.from({ length: 4 }, () => Float64Array.of(normalDraw(uniform), normalDraw(uniform)))
  acquisitions.push(logImaginedImprovement(waiting, waiting.imagine(z, [0, 1, 2, 3, 4, 5, 6, 7])))
  acquisitions.push(logImaginedImprovement(waiting, Float64Array.of(-40, -1, 0, -2)))
  for (const acquisition of acquisitions) {
    for (const category of [0, 1, 2, -1]) {
      const f: Differentiable = (x, g) => acquisition.evaluate(Float64Array.of(...x, category), 0, g)
      expect(gradientError(f, Float64Array.from({ length: 3 }, uniform))).toBeLessThan(2e-5)
    }
  }
})

test('a gradient asked for or not, the value is the same', () => {
  const model = grown(
    surrogate(encoding(space), () => y),
    X,
    8,
    4,
  )
  const acquisition = logExpectedImprovement(model, -1)
  const f = Float64Array.of(0.1, 0.9, 0.4, 2)
  expect(acquisition.evaluate(f, 0, new Float64Array(3))).toBe(acquisition.evaluate(f, 0))
})

test('covariances of a conditional space are positive definite', () => {
  const coding = encoding(deep)
  const uniform = rng(6)
  const model = surrogate(coding, (n) => Float64Array.from({ length: n }, (_, i) => Math.sin(i)), {
    noise: 1e-6,
    noiseSd: 1e-6,
  })
  const u = new Float64Array(coding.genes)
  const f = new Float64Array(coding.dims)
  for (let i = 0; i < 80; i++) {
    for (let p = 0; p < u.length; p++) u[p] = uniform()
    coding.embed(u, 0, f, 0, new Uint8Array(coding.genes))
    model.add(f)
  }
  model.prepare()
  // no noise was added to make the factor exist
  expect(model.noise).toBeCloseTo(1e-6, 8)
  model.predict(f, 0, false)
  expect(model.variance).toBeLessThan(1e-5)
})
