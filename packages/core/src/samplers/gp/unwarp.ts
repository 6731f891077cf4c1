import { capped } from './warp.js'

/** A normal of the warped scale, back on the scale of the losses. */
export interface Unwarped {
  readonly mean: number
  readonly sd: number
  /** 90 % of it lie within these. */
  readonly interval: readonly [number, number]
}

export type Unwarp = (mean: number, variance: number) => Unwarped

/** Seven-point Gauss–Hermite rule for a standard normal: exact for polynomials of degree 13. */
const NODES = [
  -3.750439717725742, -2.366759410734541, -1.154405394739968, 0, 1.154405394739968, 2.366759410734541,
  3.750439717725742,
]
const WEIGHTS = [
  0.0005482688559722178, 0.0307571239675865, 0.2401231786050127, 0.4571428571428571, 0.2401231786050127,
  0.0307571239675865, 0.0005482688559722178,
]
const Z90 = 1.6448536269514722
/** How far up from the best, as a share of the values, the slope below the best is taken. */
const BEST_SHARE = 0.2

/**
 * The inverse of any warp, by what it made of the losses: linear between them, below the best on along the line through
 * the best fifth, above the worst constant. Losses beyond the warps' cap count as the cap.
 *
 * @param losses in the order of `warped`; NaN for none. Both have one value at least.
 */
export function unwarp(losses: Float64Array, warped: Float64Array): Unwarp {
  const y = capped(losses)
  const order = Array.from(y.keys()).sort((a, b) => warped[a]! - warped[b]! || y[a]! - y[b]!)
  const knots = order.filter((i, k) => k === 0 || warped[i]! > warped[order[k - 1]!]!)
  const Z = Float64Array.from(knots, (i) => warped[i]!)
  const Y = Float64Array.from(knots, (i) => y[i]!)
  const q = Math.min(Z.length - 1, Math.max(1, Math.round(BEST_SHARE * Z.length)))
  const slope = q > 0 ? (Y[q]! - Y[0]!) / (Z[q]! - Z[0]!) : 0
  const back = (z: number): number => {
    if (z <= Z[0]!) return Y[0]! + slope * (z - Z[0]!)
    let low = 0
    let high = Z.length - 1
    if (z >= Z[high]!) return Y[high]!
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if (Z[middle]! <= z) low = middle
      else high = middle
    }
    return Y[low]! + ((Y[high]! - Y[low]!) * (z - Z[low]!)) / (Z[high]! - Z[low]!)
  }
  return (mean, variance) => {
    const sd = Math.sqrt(variance)
    let first = 0
    let second = 0
    for (let k = 0; k < NODES.length; k++) {
      // about the value at the mean, so that large losses with a small spread do not cancel
      const value = back(mean + sd * NODES[k]!) - back(mean)
      first += WEIGHTS[k]! * value
      second += WEIGHTS[k]! * value * value
    }
    return {
      mean: back(mean) + first,
      sd: Math.sqrt(Math.max(0, second - first * first)),
      interval: [back(mean - Z90 * sd), back(mean + Z90 * sd)],
    }
  }
}
