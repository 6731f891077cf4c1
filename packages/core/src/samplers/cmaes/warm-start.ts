import { symmetricEigen } from '../../numerics/eigen.js'
import type { Start } from './evolution.js'

/** Share of the earlier trials that counts as promising, and the sd added to each of them. */
const GAMMA = 0.1
const ALPHA = 0.1

/**
 * How many of `results` earlier trials are promising; 0 where there are fewer than `enough`.
 */
export function promisingCount(results: number, enough: number): number {
  return results < enough ? 0 : Math.max(1, Math.floor(GAMMA * results))
}

/**
 * A start from the best earlier trials: warm-starting CMA-ES (Nomura, Watanabe, Akimoto, Ozaki & Onishi 2021, AAAI,
 * arXiv 2012.06932), eq. 9–11: the normal distribution nearest to one of sd α around each of them.
 *
 * rows: genes of the promising trials, d each.
 */
export function warmStart(rows: readonly Float64Array[], d: number): Start {
  const m = new Float64Array(d)
  for (const row of rows) for (let j = 0; j < d; j++) m[j] = m[j]! + row[j]! / rows.length
  const C = new Float64Array(d * d)
  for (let j = 0; j < d; j++) C[j * d + j] = ALPHA ** 2
  for (const row of rows) {
    for (let j = 0; j < d; j++)
      for (let k = 0; k < d; k++) C[j * d + k] = C[j * d + k]! + ((row[j]! - m[j]!) * (row[k]! - m[k]!)) / rows.length
  }
  if (d === 0) return { m, sigma: 1 }
  const values = new Float64Array(d)
  symmetricEigen(C.slice(), new Float64Array(d * d), values, d)
  const logDeterminant = values.reduce((sum, value) => sum + Math.log(value), 0)
  const sigma = Math.exp(logDeterminant / (2 * d))
  return { m, sigma, C: C.map((c) => c / sigma ** 2) }
}
