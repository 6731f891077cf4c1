/**
 * The adaptive Parzen estimator of Bergstra, Bardenet, Bengio & Kégl 2011, "Algorithms for Hyper-Parameter Optimization",
 * as Hyperopt computes it.
 *
 * Notation: z the coordinate of a parameter (x or ln x); mu, sigma, w the means, standard deviations and weights of a
 * mixture of k = n + 1 normals: one per observation, and one for the prior N(mu0, s0).
 */
import { normalCdf } from '../../numerics/normal.js'
import { normalDraw } from '../../numerics/rng.js'
import type { Rng } from '../sampler.js'

/** Sorted by mu; the three arrays have length k. The weights sum to 1. */
export interface Mixture {
  readonly mu: Float64Array
  readonly sigma: Float64Array
  readonly w: Float64Array
}

export interface Prior {
  readonly mu0: number
  readonly s0: number
  /** Weight beside observations, which have 1 each. */
  readonly weight: number
}

/** Where draws and densities are cut, and the step that draws are rounded to; all in x, which is exp z if `log`. */
export interface Support {
  /** Of z; infinite if unbounded. */
  readonly low: number
  readonly high: number
  readonly log: boolean
  /** 0 if continuous. */
  readonly step: number
}

const EPS = 1e-12
const LOG_SQRT_2PI = 0.5 * Math.log(2 * Math.PI)

/** Weight of observation i of n, oldest first: the last `keep` have 1, the others rise linearly from 1 / n. */
export function forgettingWeight(i: number, n: number, keep: number): number {
  const old = n - keep
  if (old <= 0 || i >= old) return 1
  return old === 1 ? 1 / n : 1 / n + (i * (1 - 1 / n)) / (old - 1)
}

/**
 * @param z observations, sorted upwards.
 * @param weights of the observations, in the same order.
 */
export function parzen(z: ArrayLike<number>, weights: ArrayLike<number>, prior: Prior): Mixture {
  const { mu0, s0 } = prior
  const n = z.length
  const k = n + 1
  const mu = new Float64Array(k)
  const sigma = new Float64Array(k)
  const w = new Float64Array(k)
  let pos = 0
  while (pos < n && z[pos]! < mu0) pos++
  let total = prior.weight
  for (let i = 0; i < n; i++) {
    const at = i < pos ? i : i + 1
    mu[at] = z[i]!
    w[at] = weights[i]!
    total += weights[i]!
  }
  mu[pos] = mu0
  w[pos] = prior.weight
  for (let i = 0; i < k; i++) w[i]! /= total

  const least = s0 / Math.min(100, 1 + k)
  if (n === 1) sigma[1 - pos] = Math.min(s0, Math.max(least, 0.5 * s0))
  else if (n > 1) {
    for (let i = 0; i < k; i++) {
      const before = i > 0 ? mu[i]! - mu[i - 1]! : 0
      const after = i < k - 1 ? mu[i + 1]! - mu[i]! : 0
      sigma[i] = Math.min(s0, Math.max(least, before, after))
    }
  }
  sigma[pos] = s0
  return { mu, sigma, w }
}

/** A draw of z; where bounded, draws outside [low, high) are made again with a new component. */
export function drawFrom({ mu, sigma, w }: Mixture, { low, high }: Support, rng: Rng): number {
  for (;;) {
    let u = rng()
    let i = 0
    while (i < w.length - 1 && u >= w[i]!) u -= w[i++]!
    const z = mu[i]! + sigma[i]! * normalDraw(rng)
    if (z >= low && z < high) return z
  }
}

/** ln of the mixture's density at x, or of its mass on the cell of x if the support has a step. */
export function logDensity(mixture: Mixture, support: Support, x: number): number {
  if (support.step > 0) return Math.log(cellMass(mixture, support, x)) - Math.log(massInside(mixture, support))
  // Hyperopt's log mixtures are not divided by their mass inside; it is the same for all candidates
  if (support.log) return pointDensity(mixture, Math.log(x)) - Math.log(x)
  return pointDensity(mixture, x) - Math.log(massInside(mixture, support))
}

/**
 * ln l(x) − ln g(x) up to a constant in x, which is what candidates are compared by.
 * O(k) normal densities or distribution functions, no allocation unless a density underflows.
 */
export function logRatio(l: Mixture, g: Mixture, support: Support, x: number): number {
  if (support.step > 0) return Math.log(cellMass(l, support, x)) - Math.log(cellMass(g, support, x))
  const z = support.log ? Math.log(Math.max(x, EPS)) : x
  return pointDensity(l, z) - pointDensity(g, z)
}

/** Components further than this many sigma add less than 2e-20 of their weight. */
const FAR = 9.5
/** What far components may add at most, relative to the sum, to be left out. */
const NEGLIGIBLE = 1e-12
const FAR_DENSITY = Math.exp(-0.5 * FAR * FAR)

function pointDensity({ mu, sigma, w }: Mixture, z: number): number {
  let sum = 0
  let left = 0
  for (let i = 0; i < mu.length; i++) {
    const s = sigma[i]!
    const t = (z - mu[i]!) / s
    if (t > FAR || t < -FAR) left += w[i]! / s
    else sum += (w[i]! / s) * Math.exp(-0.5 * t * t)
  }
  const isExact = left * FAR_DENSITY <= NEGLIGIBLE * sum
  return (isExact ? Math.log(sum) : logSumOfTails({ mu, sigma, w }, z)) - LOG_SQRT_2PI
}

function logSumOfTails({ mu, sigma, w }: Mixture, z: number): number {
  const terms = Array.from(mu, (m, i) => Math.log(w[i]! / sigma[i]!) - 0.5 * ((z - m) / sigma[i]!) ** 2)
  const largest = Math.max(...terms)
  return largest + Math.log(terms.reduce((sum, term) => sum + Math.exp(term - largest), 0))
}

function cellMass({ mu, sigma, w }: Mixture, { low, high, log, step }: Support, x: number): number {
  const top = log ? Math.log(Math.max(x + step / 2, EPS)) : x + step / 2
  const bottom = log ? Math.log(Math.max(x - step / 2, EPS)) : x - step / 2
  const b = Math.min(high, top)
  const a = Math.max(low, bottom)
  let mass = 0
  let left = 0
  for (let i = 0; i < mu.length; i++) {
    const from = (a - mu[i]!) / sigma[i]!
    const to = (b - mu[i]!) / sigma[i]!
    if (from > FAR || to < -FAR) left += w[i]!
    else mass += w[i]! * normalMass(from, to)
  }
  if (left * FAR_DENSITY <= NEGLIGIBLE * mass) return mass
  mass = 0
  for (let i = 0; i < mu.length; i++) mass += w[i]! * normalMass((a - mu[i]!) / sigma[i]!, (b - mu[i]!) / sigma[i]!)
  return mass
}

function massInside({ mu, sigma, w }: Mixture, { low, high }: Support): number {
  if (low === -Infinity && high === Infinity) return 1
  let mass = 0
  for (let i = 0; i < mu.length; i++) {
    mass += w[i]! * normalMass((low - mu[i]!) / sigma[i]!, (high - mu[i]!) / sigma[i]!)
  }
  return mass
}

/** Φ(b) − Φ(a), taken in the tail where both are small. */
function normalMass(a: number, b: number): number {
  return a > 0 ? normalCdf(-a) - normalCdf(-b) : normalCdf(b) - normalCdf(a)
}
