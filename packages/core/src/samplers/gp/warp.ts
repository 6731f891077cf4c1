import { normalQuantile } from '../../numerics/normal.js'

/** Turns losses into what is modelled: same order, mean 0, sd 1. */
export type Warp = (losses: Float64Array) => Float64Array

/**
 * The power transform of Yeo & Johnson (2000), "A new family of power transformations to improve normality or symmetry",
 * its λ by maximum likelihood, as HEBO warps its outputs (Cowen-Rivers et al. 2022, arXiv 2012.03826).
 *
 * Before it, values far above the middle are capped: a diverged run must not set the scale for the good ones. Differs from HEBO: no
 * Box-Cox, and a weak normal prior on λ around 1, the identity, which decides while there are few values.
 */
export const power: Warp = (losses) => {
  const x = plain(losses)
  const lambda = likeliest(x)
  return standardize(x.map((v) => yeoJohnson(v, lambda)))
}

/** Standardised, after the cap. */
export const plain: Warp = (losses) => standardize(capped(losses))

/**
 * The half-rank and log warps of Vizier (Song et al. 2024, arXiv 2408.11527): losses above the median become quantiles of a
 * half normal by their rank, as wide as the better half; then logarithms stretch the best.
 */
export const halfRank: Warp = (losses) => {
  const sorted = losses.slice().sort()
  const n = sorted.length
  const median = (sorted[(n - 1) >> 1]! + sorted[n >> 1]!) / 2
  const distinct = sorted.filter((v, i) => i === 0 || v !== sorted[i - 1])
  const good = distinct.filter((v) => v <= median)
  const rms = (y: Float64Array) => Math.sqrt(y.reduce((sum, v) => sum + (v - median) ** 2, 0) / y.length)
  const scale = rms(good) || rms(distinct)
  // half of the median's own place counts as bad
  const bad = distinct.length - good.length + (good.at(-1) === median ? 0.5 : 0)
  const rank = new Map(Array.from(distinct, (v, i) => [v, distinct.length - i] as const))
  const z = losses.map((v) =>
    v <= median ? v : median - scale * normalQuantile(Math.max(1e-6, (0.5 * (rank.get(v)! - 0.5)) / bad)),
  )
  const best = sorted[0]!
  const range = z.reduce((top, v) => Math.max(top, v), best) - best
  return standardize(z.map((v) => (range > 0 ? Math.log1p((0.5 * (v - best)) / range) : 0)))
}

/** To mean 0 and population sd 1; all 0 if the values are equal. */
export function standardize(y: Float64Array): Float64Array {
  const { mean, variance } = moments(y)
  const sd = Math.sqrt(variance)
  return y.map((v) => (sd > 0 ? (v - mean) / sd : 0))
}

function moments(y: Float64Array): { mean: number; variance: number } {
  let sum = 0
  for (const v of y) sum += v
  const mean = sum / y.length
  let squares = 0
  for (const v of y) squares += (v - mean) ** 2
  return { mean, variance: squares / y.length }
}

/** No value lies further above the median than five times the better half's range, or the upper quartile's distance. */
export function capped(losses: Float64Array): Float64Array {
  const sorted = losses.slice().sort()
  const quantile = (p: number) => sorted[Math.round(p * (sorted.length - 1))]!
  const median = quantile(0.5)
  const cap = median + 5 * Math.max(median - quantile(0), quantile(0.75) - median)
  return losses.map((v) => Math.min(v, cap))
}

export function yeoJohnson(x: number, lambda: number): number {
  if (x >= 0) return Math.abs(lambda) < 1e-12 ? Math.log1p(x) : Math.expm1(lambda * Math.log1p(x)) / lambda
  const mu = 2 - lambda
  return Math.abs(mu) < 1e-12 ? -Math.log1p(-x) : -Math.expm1(mu * Math.log1p(-x)) / mu
}

/** λ in [−3, 3] by golden section on the profile likelihood with prior N(1, 2²). */
function likeliest(x: Float64Array): number {
  let logs = 0
  for (const v of x) logs += Math.sign(v) * Math.log1p(Math.abs(v))
  const z = new Float64Array(x.length)
  const cost = (lambda: number) => {
    for (let i = 0; i < x.length; i++) z[i] = yeoJohnson(x[i]!, lambda)
    const off = (lambda - 1) / 2
    return 0.5 * x.length * Math.log(moments(z).variance + 1e-300) - (lambda - 1) * logs + 0.5 * off * off
  }
  const ratio = (Math.sqrt(5) - 1) / 2
  let low = -3
  let high = 3
  for (let k = 0; k < 24; k++) {
    const width = ratio * (high - low)
    if (cost(high - width) < cost(low + width)) high = low + width
    else low = high - width
  }
  return (low + high) / 2
}
