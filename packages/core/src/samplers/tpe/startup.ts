import { rng as stream } from '../../numerics/rng.js'
import type { Rng } from '../sampler.js'
import { type Dimension, isActiveIn } from './dimension.js'

/** Tells the streams of the permutations from those of the trials. */
const STARTUP = 0x57a7

/**
 * The first trials as a Latin hypercube (McKay, Beckman & Conover 1979): in every dimension each of `count` equal slices
 * of the prior is used once. A function of (seed, trial number), so that it can be asked for in any order.
 */
export function latinHypercube(dimensions: readonly Dimension[], count: number, seed: number) {
  const slices = dimensions.map((_, d) => permutation(count, stream(seed, STARTUP, d)))
  /** Writes the start-up point of a trial; trials beyond `count` are plain draws. */
  return (x: Float64Array, number: number, rng: Rng): void => {
    for (let d = 0; d < dimensions.length; d++) {
      const dimension = dimensions[d]!
      const u = rng()
      const slice = slices[d]![number]
      if (!isActiveIn(dimension, x)) x[d] = Number.NaN
      else x[d] = dimension.quantile(slice === undefined ? u : (slice + u) / count)
    }
  }
}

function permutation(count: number, rng: Rng): Int32Array {
  const order = Int32Array.from({ length: count }, (_, k) => k)
  for (let k = count - 1; k > 0; k--) {
    const other = Math.floor(rng() * (k + 1))
    const held = order[k]!
    order[k] = order[other]!
    order[other] = held
  }
  return order
}
