import { describe, expect, test } from 'vitest'
import type { Parameter } from '../../space/distribution.js'
import { type Dimension, dimensionsOf, UNBOUNDED_SD } from './dimension.js'
import { categoricalEps, logMass, logOther, logSame, unboundedLogPrior } from './kernel.js'

function dimension(parameter: Parameter): Dimension {
  return dimensionsOf({ x: parameter })[0] as Dimension
}

/** Simpson's rule. */
function integrate(f: (t: number) => number, low: number, high: number, pieces = 4000): number {
  const h = (high - low) / pieces
  let sum = f(low) + f(high)
  for (let i = 1; i < pieces; i++) sum += f(low + i * h) * (i % 2 === 1 ? 4 : 2)
  return (sum * h) / 3
}

const centres = [0.001, 0.2, 0.5, 0.97]
const sigmas = [0.02, 0.15, 1]

describe('kernels integrate to 1 over the prior', () => {
  test.each([
    ['float', { kind: 'float', low: -3, high: 7 }],
    ['log float', { kind: 'float', low: 1e-5, high: 1, log: true }],
    ['many steps', { kind: 'int', low: 0, high: 1000 }],
  ] as const)('%s: truncated to the range', (_, parameter) => {
    const d = dimension(parameter)
    for (const mu of centres) {
      for (const sigma of sigmas) {
        const mass = integrate((t) => Math.exp(-0.5 * ((t - mu) / sigma) ** 2 - logMass(d, mu, sigma)), 0, 1)
        expect(mass).toBeCloseTo(1, 8)
      }
    }
  })

  test.each([
    ['int', { kind: 'int', low: 1, high: 20 }],
    ['log int', { kind: 'int', low: 1, high: 64, log: true }],
    ['float with steps', { kind: 'float', low: 0, high: 0.5, step: 0.05 }],
    ['steps that end below high', { kind: 'int', low: 16, high: 500, step: 64 }],
  ] as const)('%s: over the values, each with its share of draws', (_, parameter) => {
    const d = dimension(parameter)
    expect(d.width.reduce((sum, w) => sum + w, 0)).toBeCloseTo(1, 12)
    for (const mu of d.grid) {
      for (const sigma of sigmas) {
        let mass = 0
        d.grid.forEach((t, k) => {
          mass += d.width[k]! * Math.exp(-0.5 * ((t - mu) / sigma) ** 2 - logMass(d, mu, sigma))
        })
        expect(mass).toBeCloseTo(1, 12)
      }
    }
  })

  test('normal: against its own prior on the whole line', () => {
    const d = dimension({ kind: 'normal', mean: 4, sd: 7 })
    const prior = (t: number) => Math.exp(unboundedLogPrior(t)) / (UNBOUNDED_SD * Math.sqrt(2 * Math.PI))
    const kernel = (t: number, mu: number, sigma: number) =>
      Math.exp(-0.5 * ((t - mu) / sigma) ** 2 - logMass(d, mu, sigma) - unboundedLogPrior(t))
    for (const [mu, sigma] of [
      [0.5, 0.1],
      [1.2, 0.05],
    ] as const) {
      expect(integrate((t) => prior(t) * kernel(t, mu, sigma), mu - 8 * sigma, mu + 8 * sigma)).toBeCloseTo(1, 8)
    }
  })

  test('categorical: over weighted choices', () => {
    const weights = [0.7, 0.2, 0.1]
    for (const n of [0, 1, 10, 1000]) {
      const eps = categoricalEps(3, n)
      for (const same of [0, 1, 2]) {
        const mass = weights.reduce((sum, w, k) => sum + w * Math.exp(k === same ? logSame(w, eps) : logOther(eps)), 0)
        expect(mass).toBeCloseTo(1, 12)
      }
    }
  })
})

test('the mass of a truncated normal, by SciPy 1.17.1 (truncnorm)', () => {
  const d = dimension({ kind: 'float', low: 0, high: 1 })
  // ln(sigma √(2π) (ndtr((1 − mu) / sigma) − ndtr(−mu / sigma)))
  const golden = [
    [0.001, 0.02, -3.6471286276351518],
    [0.5, 0.15, -0.9790399407439087],
    [0.97, 1, -0.142542066984579],
    [0.25, 0.004, -4.602522384657574],
  ] as const
  for (const [mu, sigma, expected] of golden) expect(logMass(d, mu, sigma)).toBeCloseTo(expected, 11)
})
