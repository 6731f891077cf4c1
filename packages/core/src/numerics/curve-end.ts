import { cholesky } from './cholesky.js'
import { normalCdf } from './normal.js'

/**
 * Where a learning curve will end, told from its beginning by the curves that have ended.
 *
 * The model: from step s to the end a curve's loss changes by Δ = z(end) − z(l(s)), a Gaussian process of what the curve looks like at s,
 * φ = (z(l(s)), z(l(s)) − z(l(s/2)), z(l(s/2)) − z(l(s/4))): a linear trend with a squared-exponential process on top, as in
 * Rasmussen & Williams 2006, sections 2.2 and 2.7; its length scale, its size and the noise by the greatest marginal likelihood on a grid. z pulls in what is
 * far worse than the best end: z(l) = asinh((l − best) / spread). To end a training by the chance that its end beats the best is the predictive criterion
 * of Domhan et al. 2015 (IJCAI); they extrapolate each curve by itself, with eleven parametric shapes.
 *
 * All is invariant to the unit of the loss and to the unit of the steps.
 */

/** Steps ascending; losses to be minimised, NaN where there was no number. */
export interface Course {
  readonly steps: readonly number[]
  readonly losses: readonly number[]
}

export interface PredictedEnd {
  /** Of the loss at the end. */
  readonly median: number
  /** The chance that it ends below a loss. */
  below(loss: number): number
}

/** Beyond these the latest count: what the search tries now is nearest to what it tried last. */
const MOST_REFERENCES = 80
const LEAST_REFERENCES = 4
const FEATURES = 3
const LENGTHS = [1, 2.5, 6]
const SIZES = [0.1, 1]
const NOISES = [0.003, 0.01, 0.03, 0.1, 0.3, 1]
/** Prior variances of the trend's level and slopes, in units of the changes seen. */
const LEVEL = 4
const SLOPE = 4

/** Tells the end of any curve that is known up to the step it was made for; undefined if that has no number. */
export type EndPredictor = (course: Course) => PredictedEnd | undefined

/**
 * @param ended curves that have ended, in order; those that had no number by step s, or did not go on after it, are left out.
 * @returns undefined if fewer than four are left to compare with.
 */
export function endPredictor(ended: readonly Course[], s: number): EndPredictor | undefined {
  const known = ended.filter(({ steps }) => (steps.at(-1) ?? 0) > s).slice(-MOST_REFERENCES)
  const scale = scaleOf(known)
  if (!scale) return undefined
  const X: Float64Array[] = []
  const changes: number[] = []
  for (const one of known) {
    const x = featuresAt(one, s, scale.z)
    const end = scale.z(lastNumber(one))
    if (!x || !Number.isFinite(end)) continue
    X.push(x)
    changes.push(end - x[0]!)
  }
  if (X.length < LEAST_REFERENCES) return undefined
  const change = regression(X, changes)
  return (course) => {
    const x = featuresAt(course, s, scale.z)
    if (!x) return undefined
    const { mean, variance } = change(x)
    const z = x[0]! + mean
    const sd = Math.sqrt(variance)
    return {
      median: scale.loss(z),
      below: (loss) => normalCdf((scale.z(loss) - z) / sd),
    }
  }
}

interface LossScale {
  readonly z: (loss: number) => number
  readonly loss: (z: number) => number
}

/** In units of the distance from the best end to the middle one. */
function scaleOf(ended: readonly Course[]): LossScale | undefined {
  const ends = Float64Array.from(ended.map(lastNumber).filter(Number.isFinite)).sort()
  if (ends.length < LEAST_REFERENCES) return undefined
  const best = ends[0]!
  const middle = ends[ends.length >> 1]!
  const spread = middle - best || ends.at(-1)! - best || Math.abs(best) || 1
  return { z: (loss) => Math.asinh((loss - best) / spread), loss: (z) => best + spread * Math.sinh(z) }
}

function lastNumber({ losses }: Course): number {
  for (let i = losses.length - 1; i >= 0; i--) if (!Number.isNaN(losses[i]!)) return losses[i]!
  return Number.NaN
}

function featuresAt(course: Course, s: number, z: LossScale['z']): Float64Array | undefined {
  const [now, half, quarter] = [s, s / 2, s / 4].map((step) => z(lossAt(course, step))) as [number, number, number]
  if (!Number.isFinite(now)) return undefined
  // before the first report nothing has changed yet
  const then = Number.isFinite(half) ? half : now
  const before = Number.isFinite(quarter) ? quarter : then
  return Float64Array.of(now, now - then, then - before)
}

/** The last number at or before a step. */
function lossAt({ steps, losses }: Course, step: number): number {
  let low = 0
  let high = steps.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (steps[middle]! <= step) low = middle + 1
    else high = middle
  }
  for (let i = low - 1; i >= 0; i--) if (!Number.isNaN(losses[i]!)) return losses[i]!
  return Number.NaN
}

/** Gaussian-process regression of y on X. @returns mean and variance, noise included, anywhere. */
function regression(X: readonly Float64Array[], values: readonly number[]) {
  const n = X.length
  const unit = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / n) || 1e-12
  const y = Float64Array.from(values, (value) => value / unit)
  const standardize = standardizer(X)
  const Z = X.map(standardize)
  const L = new Float64Array(n * n)
  const u = new Float64Array(n)
  let best = { likelihood: -Infinity, length: 1, size: 1, noise: 1, L, u }
  for (const length of LENGTHS) {
    for (const size of SIZES) {
      for (const noise of NOISES) {
        for (let i = 0; i < n; i++) {
          for (let j = 0; j <= i; j++) L[i * n + j] = covariance(Z[i]!, Z[j]!, length, size)
          L[i * n + i]! += noise * noise
        }
        if (!cholesky(L, n, n)) continue
        const likelihood = solveLower(L, y, u, n)
        if (likelihood > best.likelihood) best = { likelihood, length, size, noise, L: L.slice(), u: u.slice() }
      }
    }
  }
  const k = new Float64Array(n)
  return (x: Float64Array) => {
    const z = standardize(x)
    let mean = 0
    let variance = covariance(z, z, best.length, best.size) + best.noise * best.noise
    for (let i = 0; i < n; i++) k[i] = covariance(z, Z[i]!, best.length, best.size)
    for (let i = 0; i < n; i++) {
      let sum = k[i]!
      for (let j = 0; j < i; j++) sum -= best.L[i * n + j]! * k[j]!
      k[i] = sum / best.L[i * n + i]!
      mean += k[i]! * best.u[i]!
      variance -= k[i]! ** 2
    }
    return { mean: mean * unit, variance: Math.max(variance, best.noise * best.noise) * unit * unit }
  }
}

function covariance(a: Float64Array, b: Float64Array, length: number, size: number): number {
  let along = 0
  let apart = 0
  for (let d = 0; d < FEATURES; d++) {
    along += a[d]! * b[d]!
    apart += (a[d]! - b[d]!) ** 2
  }
  return LEVEL + SLOPE * along + size * Math.exp((-0.5 * apart) / (length * length))
}

/** u = L⁻¹ y. @returns ln of the marginal likelihood, up to a constant. */
function solveLower(L: Float64Array, y: Float64Array, u: Float64Array, n: number): number {
  let likelihood = 0
  for (let i = 0; i < n; i++) {
    let sum = y[i]!
    for (let j = 0; j < i; j++) sum -= L[i * n + j]! * u[j]!
    u[i] = sum / L[i * n + i]!
    likelihood -= 0.5 * u[i]! ** 2 + Math.log(L[i * n + i]!)
  }
  return likelihood
}

/** Features centred and scaled as these are. */
function standardizer(X: readonly Float64Array[]): (x: Float64Array) => Float64Array {
  const means = new Float64Array(FEATURES)
  const sds = new Float64Array(FEATURES)
  for (let d = 0; d < FEATURES; d++) {
    for (const x of X) means[d]! += x[d]! / X.length
    for (const x of X) sds[d]! += (x[d]! - means[d]!) ** 2 / X.length
    sds[d] = Math.sqrt(sds[d]!) || 1
  }
  return (x) => x.map((value, d) => (value - means[d]!) / sds[d]!)
}
