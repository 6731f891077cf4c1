import { normalDraw } from '../../numerics/rng.js'
import type { Rng } from '../sampler.js'
import { type Dimension, isActiveIn } from './dimension.js'
import { categoricalEps, logMass, logOther, logSame, unboundedLogPrior } from './kernel.js'

/** l(x): a mixture of one kernel a good trial, and the prior. */
export interface GoodDensity {
  /** Writes a draw: the branch from one trial's kernel, parents first; where that trial has no value, the prior. */
  draw(x: Float64Array, rng: Rng): void
  /** ln l(x), relative to the prior. */
  logDensity(x: Float64Array): number
}

/** K kernels in D dimensions; matrices are K × D, row-major. */
interface Kernels {
  readonly K: number
  readonly D: number
  /** Centres; NaN where the trial lacks the dimension. */
  readonly mu: Float64Array
  readonly sigma: Float64Array
  readonly logM: Float64Array
  /** Per dimension, of categorical kernels. */
  readonly eps: Float64Array
  readonly logOther: Float64Array
  /** Per kernel; the prior's weight is 1, the sum of all K + 1. */
  readonly w: Float64Array
  readonly logW: Float64Array
}

/**
 * The density of the trials in `rows` (best first) of `columns` (see `history.ts`).
 *
 * Weights fall with the rank as in CMA-ES, w_k ∝ ln(K + 1) − ln k, mean 1, beside 1 for the prior.
 * sigma: the wider of the gaps to the neighbours in that dimension (Bergstra 2011), outermost trials their one gap;
 * at least 1 / (2 + trials with the dimension), all times `scale`; at least half a step.
 * O(K² D) to build, O(K D) a point.
 */
export function goodDensity(
  dimensions: readonly Dimension[],
  columns: readonly Float64Array[],
  rows: Int32Array,
  scale = 1,
): GoodDensity {
  const kernels = kernelsOf(dimensions, columns, rows, scale)
  const { K, w } = kernels
  const terms = new Float64Array(K)
  return {
    draw(x, rng) {
      let u = rng() * (K + 1)
      for (let k = 0; k < K; k++) {
        u -= w[k]!
        if (u < 0) return drawKernel(dimensions, kernels, k, x, rng)
      }
      drawPrior(dimensions, x, rng)
    },
    logDensity(x) {
      logKernels(dimensions, kernels, x, terms)
      let max = 0
      for (let k = 0; k < K; k++) if (terms[k]! > max) max = terms[k]!
      let sum = Math.exp(-max)
      for (let k = 0; k < K; k++) sum += Math.exp(terms[k]! - max)
      return max + Math.log(sum / (K + 1))
    },
  }
}

function kernelsOf(
  dimensions: readonly Dimension[],
  columns: readonly Float64Array[],
  rows: Int32Array,
  scale: number,
): Kernels {
  const [K, D] = [rows.length, dimensions.length]
  const [mu, sigma, logM] = [new Float64Array(K * D), new Float64Array(K * D), new Float64Array(K * D)]
  const eps = new Float64Array(D)
  for (let d = 0; d < D; d++) {
    const dimension = dimensions[d]!
    for (let k = 0; k < K; k++) mu[k * D + d] = columns[d]![rows[k]!]!
    const active = Float64Array.from(rows, (row) => columns[d]![row]!)
      .filter((t) => !Number.isNaN(t))
      .sort()
    eps[d] = categoricalEps(dimension.size, active.length)
    if (dimension.kind === 'categorical' || dimension.size === 1) continue
    for (let at = d; at < K * D; at += D) {
      if (Number.isNaN(mu[at]!)) continue
      sigma[at] = bandwidth(dimension, active, mu[at]!, scale)
      logM[at] = logMass(dimension, mu[at]!, sigma[at]!)
    }
  }
  const w = rankWeights(K)
  return { K, D, mu, sigma, logM, eps, logOther: eps.map(logOther), w, logW: w.map(Math.log) }
}

function rankWeights(K: number): Float64Array {
  const w = Float64Array.from({ length: K }, (_, k) => Math.log(K + 1) - Math.log(k + 1))
  const mean = w.reduce((sum, v) => sum + v, 0) / K
  return w.map((v) => v / mean)
}

/** @param active the t of all good trials that have the dimension, ascending. */
function bandwidth(dimension: Dimension, active: Float64Array, t: number, scale: number): number {
  const n = active.length
  const at = active.indexOf(t)
  const last = active.lastIndexOf(t)
  const below = at > 0 ? t - active[at - 1]! : n > 1 ? 0 : t
  const above = last < n - 1 ? active[last + 1]! - t : n > 1 ? 0 : 1 - t
  // narrower than half a step, the neighbouring values would hardly ever be drawn
  const step = dimension.grid.length > 0 ? 0.5 / dimension.grid.length : 0
  return Math.min(1, Math.max(scale * Math.max(below, above, 1 / (n + 2)), step))
}

/** Writes ln of each kernel at x with its weight. */
function logKernels(dimensions: readonly Dimension[], kernels: Kernels, x: Float64Array, terms: Float64Array): void {
  const { K, D, mu, sigma, logM, eps, logOther: other, logW } = kernels
  terms.set(logW)
  for (let d = 0; d < D; d++) {
    const { kind, size, prior } = dimensions[d]!
    const t = x[d]!
    if (size === 1 || Number.isNaN(t)) continue
    const same = kind === 'categorical' ? logSame(prior[t]!, eps[d]!) : 0
    const shift = kind === 'unbounded' ? unboundedLogPrior(t) : 0
    for (let k = 0, at = d; k < K; k++, at += D) {
      const centre = mu[at]!
      // a dimension the trial lacks is left to the prior
      if (Number.isNaN(centre)) continue
      if (kind === 'categorical') {
        terms[k]! += t === centre ? same : other[d]!
        continue
      }
      const q = (t - centre) / sigma[at]!
      terms[k]! -= 0.5 * q * q + logM[at]! + shift
    }
  }
}

function drawKernel(
  dimensions: readonly Dimension[],
  { D, mu, sigma, eps }: Kernels,
  k: number,
  x: Float64Array,
  rng: Rng,
): void {
  for (let d = 0; d < D; d++) {
    const dimension = dimensions[d]!
    const centre = mu[k * D + d]!
    if (!isActiveIn(dimension, x)) x[d] = Number.NaN
    else if (Number.isNaN(centre)) x[d] = dimension.quantile(rng())
    else if (dimension.size === 1) x[d] = centre
    else if (dimension.kind === 'categorical') x[d] = rng() < eps[d]! ? dimension.quantile(rng()) : centre
    else x[d] = drawNear(dimension, centre, sigma[k * D + d]!, rng)
  }
}

/** A draw from the kernel's normal inside the bounds, taken to the nearest value. */
function drawNear(dimension: Dimension, centre: number, sigma: number, rng: Rng): number {
  if (dimension.kind === 'unbounded') return centre + sigma * normalDraw(rng)
  for (let attempt = 0; attempt < 100; attempt++) {
    const t = centre + sigma * normalDraw(rng)
    if (t >= 0 && t < 1) return dimension.settle(t)
  }
  return centre
}

/** Writes a draw from the prior. */
export function drawPrior(dimensions: readonly Dimension[], x: Float64Array, rng: Rng): void {
  for (let d = 0; d < dimensions.length; d++) {
    const dimension = dimensions[d]!
    x[d] = isActiveIn(dimension, x) ? dimension.quantile(rng()) : Number.NaN
  }
}
