import type { Box } from '../../numerics/lbfgs.js'

/**
 * What is believed of hyperparameters before any trial, for features in the unit interval and values of mean 0 and sd 1:
 * independent normals in t = (ln θ_1 … ln θ_D, ln s, ln σ², ln a_1 … ln a_Q, ln b_1 … ln b_Q), cut to a box. The last 2Q are
 * the shapes of the input warp (`input-warp.ts`), around the identity.
 *
 * Length scales grow with √D (Hvarfner, Hellsten & Nardi 2024, "Vanilla Bayesian optimization performs great in high
 * dimensions"), so that distances between random points stay on one scale however many parameters there are.
 */
export interface Prior {
  readonly mean: Float64Array
  readonly precision: Float64Array
  readonly box: Box
}

export interface PriorOptions {
  /** Median length scale at D = 1, and sd of ln ℓ. */
  readonly scale?: number
  readonly scaleSd?: number
  readonly noise?: number
  readonly noiseSd?: number
  readonly signalSd?: number
  readonly warpSd?: number
}

/** Largest |ln a|: a power of 5, or its root. */
const MOST_WARP = Math.log(5)

/** For D features of which Q are numbers and `typical` active in a typical trial. */
export function prior([dims, numeric]: readonly [D: number, Q: number], typical: number, o: PriorOptions = {}): Prior {
  const { scale = 0.35, scaleSd = 1.2, noise = 1e-3, noiseSd = 2, signalSd = 1, warpSd = 0.3 } = o
  const count = dims + 2 + 2 * numeric
  const mean = new Float64Array(count)
  const precision = new Float64Array(count)
  const lower = new Float64Array(count)
  const upper = new Float64Array(count)
  // ln θ = −2 ln ℓ
  mean.fill(-2 * Math.log(scale * Math.sqrt(typical)), 0, dims)
  precision.fill(1 / (2 * scaleSd) ** 2, 0, dims)
  lower.fill(Math.log(1e-4), 0, dims)
  upper.fill(Math.log(1e4), 0, dims)
  mean[dims] = 0
  precision[dims] = 1 / signalSd ** 2
  lower[dims] = Math.log(0.05)
  upper[dims] = Math.log(50)
  mean[dims + 1] = Math.log(noise)
  precision[dims + 1] = 1 / noiseSd ** 2
  lower[dims + 1] = Math.log(1e-6)
  upper[dims + 1] = Math.log(2)
  precision.fill(1 / warpSd ** 2, dims + 2)
  lower.fill(-MOST_WARP, dims + 2)
  upper.fill(MOST_WARP, dims + 2)
  return { mean, precision, box: { lower, upper } }
}
