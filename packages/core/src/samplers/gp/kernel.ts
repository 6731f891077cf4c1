/**
 * Matérn-5/2 covariance over mixed, conditional points (Rasmussen & Williams 2006, eq. 4.17, with ARD).
 *
 * Notation: x, a row of D features (see encoding.ts): the first Q numeric in [0, 1], the rest codes of categories.
 * r² = Σ_d θ_d δ_d², θ_d = 1 / ℓ_d² ; δ_d the difference of numbers, 0 or 1 for equal or different categories.
 * k(x, x') = s m(r), m(r) = (1 + √5 r + 5 r²/3) exp(−√5 r). Its derivative −5/6 (1 + √5 r) exp(−√5 r) with respect
 * to r² is finite at 0, so no point needs care.
 *
 * An inactive number sits at 0.5 and an inactive category has the code −1. This embeds every branch of a conditional space
 * in one Euclidean space, so the covariance is positive definite, branches share what they share, and a parameter that
 * is active in neither of two trials says nothing about them.
 */

export interface Metric {
  /** D, and how many of them come first as numbers. */
  readonly dims: number
  readonly numeric: number
  /** D inverse squared length scales. */
  readonly theta: Float64Array
}

const SQRT5 = Math.sqrt(5)

/** r² between the row of X at offset a and the row of Z at offset b. */
export function squaredDistance(metric: Metric, X: Float64Array, a: number, Z: Float64Array, b: number): number {
  const { dims, numeric, theta } = metric
  let sum = 0
  for (let d = 0; d < numeric; d++) {
    const delta = X[a + d]! - Z[b + d]!
    sum += theta[d]! * delta * delta
  }
  for (let d = numeric; d < dims; d++) if (X[a + d] !== Z[b + d]) sum += theta[d]!
  return sum
}

/** Writes s m(r) between z and each of n rows of X to k, and the derivative with respect to r² to slope. O(n D). */
export function covariances(
  metric: Metric,
  s: number,
  X: Float64Array,
  n: number,
  z: Float64Array,
  zAt: number,
  k: Float64Array,
  slope: Float64Array,
): void {
  const { dims } = metric
  for (let i = 0, a = 0; i < n; i++, a += dims) {
    const r2 = squaredDistance(metric, X, a, z, zAt)
    const t = SQRT5 * Math.sqrt(r2)
    const e = s * Math.exp(-t)
    k[i] = (1 + t + (5 / 3) * r2) * e
    slope[i] = (-5 / 6) * (1 + t) * e
  }
}
