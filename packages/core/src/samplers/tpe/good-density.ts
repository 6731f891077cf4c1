import { normalDraw } from '../../numerics/rng.js'
import type { Rng } from '../sampler.js'
import { type Dimension, isActiveIn } from './dimension.js'
import type { History } from './history.js'
import { categoricalEps, logMass, logOther, logSame, unboundedLogPrior } from './kernel.js'

/** l(x): a mixture of one kernel a good trial, and the prior. */
export interface GoodDensity {
  /** Writes a draw: the branch from one trial's kernel, parents first; where that trial has no value, the prior. */
  draw(x: Float64Array, rng: Rng): void
  /** ln l(x), relative to the prior. */
  logDensity(x: Float64Array): number
}

/**
 * Notation: K good trials, D dimensions; mu, sigma, logM: K × D row-major; w: K + 1 weights, the prior's last.
 *
 * Weights fall with the rank as in CMA-ES, w_k ∝ ln(K + 1) − ln k, mean 1, beside 1 for the prior.
 * sigma: the wider of the gaps to the neighbours in that dimension (Bergstra 2011), outermost trials their one gap;
 * at least 1 / (2 + trials with the dimension).
 * O(K² D) to build, O(K D) a point.
 */
export function goodDensity(dimensions: readonly Dimension[], { columns }: History, rows: Int32Array): GoodDensity {
  const D = dimensions.length
  const K = rows.length
  const mu = new Float64Array(K * D)
  const sigma = new Float64Array(K * D)
  const logM = new Float64Array(K * D)
  const eps = new Float64Array(D)
  for (let d = 0; d < D; d++) {
    const dimension = dimensions[d]!
    const centres = rows.length === 0 ? [] : Array.from(rows, (row) => columns[d]![row]!)
    const active = centres.filter((t) => !Number.isNaN(t)).sort((a, b) => a - b)
    eps[d] = categoricalEps(dimension.size, active.length)
    for (let k = 0; k < K; k++) {
      const at = k * D + d
      mu[at] = centres[k]!
      if (dimension.kind === 'categorical' || Number.isNaN(mu[at])) continue
      sigma[at] = bandwidth(dimension, active, mu[at])
      logM[at] = logMass(dimension, mu[at], sigma[at])
    }
  }
  const { logW, total } = rankWeights(K)

  function drawKernel(x: Float64Array, k: number, rng: Rng): void {
    for (let d = 0; d < D; d++) {
      const dimension = dimensions[d]!
      const centre = mu[k * D + d]!
      if (!isActiveIn(dimension, x)) x[d] = Number.NaN
      else if (Number.isNaN(centre)) x[d] = dimension.quantile(rng())
      else if (dimension.kind === 'categorical') x[d] = rng() < eps[d]! ? dimension.quantile(rng()) : centre
      else x[d] = drawNear(dimension, centre, sigma[k * D + d]!, rng)
    }
  }

  const terms = new Float64Array(K + 1)
  return {
    draw(x, rng) {
      let u = rng() * total
      for (let k = 0; k < K; k++) {
        u -= Math.exp(logW[k]!)
        if (u < 0) return drawKernel(x, k, rng)
      }
      drawPrior(dimensions, x, rng)
    },
    logDensity(x) {
      let max = 0
      terms[K] = 0
      for (let k = 0; k < K; k++) {
        let sum = logW[k]!
        for (let d = 0; d < D; d++) {
          const at = k * D + d
          const t = x[d]!
          const centre = mu[at]!
          // a dimension one of the two lacks is left to the prior
          if (Number.isNaN(t) || Number.isNaN(centre)) continue
          const dimension = dimensions[d]!
          if (dimension.kind === 'categorical') {
            sum += t === centre ? logSame(dimension.prior[t]!, eps[d]!) : logOther(eps[d]!)
            continue
          }
          const q = (t - centre) / sigma[at]!
          sum -= 0.5 * q * q + logM[at]!
          if (dimension.kind === 'unbounded') sum -= unboundedLogPrior(t)
        }
        terms[k] = sum
        if (sum > max) max = sum
      }
      let sum = 0
      for (let k = 0; k <= K; k++) sum += Math.exp(terms[k]! - max)
      return max + Math.log(sum / total)
    },
  }
}

function rankWeights(K: number): { readonly logW: Float64Array; readonly total: number } {
  const w = Float64Array.from({ length: K }, (_, k) => Math.log(K + 1) - Math.log(k + 1))
  const mean = w.reduce((sum, v) => sum + v, 0) / K
  return { logW: w.map((v) => Math.log(v / mean)), total: K + 1 }
}

/** @param active the t of all good trials that have the dimension, ascending. */
function bandwidth(dimension: Dimension, active: readonly number[], t: number): number {
  const n = active.length
  const at = active.indexOf(t)
  const last = active.lastIndexOf(t)
  const below = at > 0 ? t - active[at - 1]! : n > 1 ? 0 : t
  const above = last < n - 1 ? active[last + 1]! - t : n > 1 ? 0 : 1 - t
  // narrower than a quarter of a step says nothing more
  const step = dimension.grid.length > 0 ? 0.25 / dimension.grid.length : 0
  return Math.min(1, Math.max(below, above, 1 / (n + 2), step))
}

/** A draw from the kernel's normal inside the bounds, taken to the nearest value. */
function drawNear(dimension: Dimension, centre: number, sigma: number, rng: Rng): number {
  if (dimension.kind === 'unbounded') return settled(dimension, centre + sigma * normalDraw(rng))
  for (let attempt = 0; attempt < 100; attempt++) {
    const t = centre + sigma * normalDraw(rng)
    if (t >= 0 && t < 1) return settled(dimension, t)
  }
  return centre
}

function settled(dimension: Dimension, t: number): number {
  return dimension.size === Infinity ? t : dimension.encode(dimension.decode(t))
}

/** Writes a draw from the prior. */
export function drawPrior(dimensions: readonly Dimension[], x: Float64Array, rng: Rng): void {
  for (let d = 0; d < dimensions.length; d++) {
    const dimension = dimensions[d]!
    x[d] = isActiveIn(dimension, x) ? dimension.quantile(rng()) : Number.NaN
  }
}
