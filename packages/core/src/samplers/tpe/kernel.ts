/**
 * The kernels of the Parzen estimators, as densities relative to the prior: 1 is "as likely as a random draw".
 *
 * Notation: t the point, mu the centre, sigma the bandwidth, all in the coordinate of `dimension.ts`.
 * - bounded: exp(−q²/2) / M(mu), q = (t − mu) / sigma, M its mass on [0, 1]: an integral, or for few steps a sum over
 *   the values, each with the share of [0, 1] it is drawn from. A truncated normal on a line, a discretised one on steps.
 * - unbounded: N(t; mu, sigma) / N(t; 1/2, 1/4).
 * - categorical: mixes "the same choice" with the prior (Aitchison & Aitken 1976), eps of the latter.
 */
import { normalCdf } from '../../numerics/normal.js'
import { type Dimension, UNBOUNDED_SD } from './dimension.js'

const SQRT_2PI = Math.sqrt(2 * Math.PI)

/** ln of what exp(−q²/2) is divided by; for unbounded without the term in t (`unboundedLogPrior`). */
export function logMass(d: Dimension, mu: number, sigma: number): number {
  if (d.kind === 'unbounded') return Math.log(sigma / UNBOUNDED_SD)
  const { grid, width } = d
  if (grid.length === 0) return Math.log(sigma * SQRT_2PI * (1 - tail((1 - mu) / sigma) - tail(mu / sigma)))
  let mass = 0
  for (let k = 0; k < grid.length; k++) {
    const q = (grid[k]! - mu) / sigma
    mass += width[k]! * Math.exp(-0.5 * q * q)
  }
  return Math.log(mass)
}

/** 1 − Φ(z) for z >= 0, to 1e-12. */
function tail(z: number): number {
  return z > 7 ? 0 : normalCdf(-z)
}

/** ln of the prior of an unbounded dimension at t, without its constant (which `logMass` has). */
export function unboundedLogPrior(t: number): number {
  const q = (t - 0.5) / UNBOUNDED_SD
  return -0.5 * q * q
}

/** ln of a categorical kernel where t is the choice mu, and where it is another. */
export function logSame(prior: number, eps: number): number {
  // a choice of prior 0 can only have been asked for by a person
  return Math.log((1 - eps) / Math.max(prior, 1e-6) + eps)
}
export function logOther(eps: number): number {
  return Math.log(eps)
}

/** The share of the prior in a categorical kernel of a set of n trials: one pseudo-observation a choice, shrunk by n. */
export function categoricalEps(size: number, n: number): number {
  return size / (n + 1 + size)
}
