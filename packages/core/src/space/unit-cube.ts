/**
 * Distributions as monotone maps of the unit interval: u uniform in [0, 1) gives a draw, and `toUnit` gives a point of
 * the value's own cell, its middle unless the scale is logarithmic: `fromUnit(d, toUnit(d, v)) === v` for discrete
 * values, and equal up to rounding for continuous ones.
 *
 * Notation: u in [0, 1); z the coordinate in which the distribution is uniform (x or ln x); [a, b] its range in z.
 * A stepped or integer range is widened by half a step at both ends, so that the ends have full mass.
 */
import { normalCdf, normalQuantile } from '../numerics/normal.js'
import type { Choice, Distribution } from './distribution.js'

type Ranged = Extract<Distribution, { kind: 'float' | 'int' }>

/** The step of a ranged distribution; 0 if it is continuous. */
export function stepOf(d: Ranged): number {
  return d.step ?? (d.kind === 'int' ? 1 : 0)
}

/** How many steps lie between low and the last value not above high. */
function lastStep(d: Ranged): number {
  // 1e-9 of a step forgives (0.5 - 0) / 0.05 coming out below 10
  return Math.floor((d.high - d.low) / stepOf(d) + 1e-9)
}

/** The number of different values a distribution can give; Infinity if it is continuous or unbounded. */
export function countValues(d: Distribution): number {
  if (d.kind === 'categorical') return d.choices.length
  if (d.kind === 'normal') return Infinity
  if (stepOf(d) === 0) return d.low === d.high ? 1 : Infinity
  return lastStep(d) + 1
}

/** Value number k of a ranged, stepped distribution, k from 0 to countValues - 1. */
export function valueAt(d: Ranged, k: number): number {
  const x = d.low + k * stepOf(d)
  if (d.kind === 'int' || k === 0) return x
  // low and high may have more digits than cleaning leaves
  return Math.min(d.high, clean(x))
}

/** Removes the noise of binary steps: 0.15000000000000002 becomes 0.15. */
function clean(x: number): number {
  return Number(x.toPrecision(15))
}

/** The range [a, b] in z that a uniform draw comes from. */
export function zRange(d: Ranged): readonly [number, number] {
  const step = stepOf(d)
  const top = step === 0 ? d.high : valueAt(d, lastStep(d))
  if (!d.log) return [d.low - step / 2, top + step / 2]
  const bottom = d.low - step / 2
  // where half a step would reach zero, the upper half cell is mirrored in ln x instead
  const mirrored = Math.max(Number.MIN_VALUE, d.low * (d.low / (d.low + step / 2)))
  return [Math.log(bottom > 0 ? bottom : mirrored), Math.log(top + step / 2)]
}

function snap(d: Ranged, x: number): number {
  const step = stepOf(d)
  if (step === 0) return Math.min(d.high, Math.max(d.low, x))
  return valueAt(d, Math.min(lastStep(d), Math.max(0, Math.round((x - d.low) / step))))
}

/** The value at u in [0, 1). */
export function fromUnit(d: Distribution, u: number): Choice {
  switch (d.kind) {
    case 'categorical':
      return d.choices[chooseIndex(d, u)] as Choice
    case 'normal': {
      const z = d.mean + d.sd * normalQuantile(Math.min(1 - 2 ** -53, Math.max(2 ** -53, u)))
      const x = d.log ? Math.exp(z) : z
      return d.step ? clean(Math.round(x / d.step) * d.step) + 0 : x
    }
    default: {
      const [a, b] = zRange(d)
      const z = a + (b - a) * u
      return snap(d, d.log ? Math.exp(z) : z)
    }
  }
}

/** The index of the choice at u, by weight. */
export function chooseIndex(d: Extract<Distribution, { kind: 'categorical' }>, u: number): number {
  const n = d.choices.length
  if (!d.weights) return Math.min(n - 1, Math.floor(u * n))
  let sum = 0
  let last = 0
  for (let i = 0; i < n; i++) {
    const w = d.weights[i] as number
    if (w > 0) last = i
    sum += w
    if (u < sum) return i
  }
  return last
}

/** A point of the cell of u that gives `value`; the inverse of `fromUnit`. */
export function toUnit(d: Distribution, value: Choice): number {
  switch (d.kind) {
    case 'categorical': {
      const k = d.choices.indexOf(value)
      if (!d.weights) return (k + 0.5) / d.choices.length
      let below = 0
      for (let i = 0; i < k; i++) below += d.weights[i] as number
      return below + (d.weights[k] as number) / 2
    }
    case 'normal': {
      const z = (x: number) => ((d.log ? Math.log(Math.max(x, Number.MIN_VALUE)) : x) - d.mean) / d.sd
      const x = value as number
      if (!d.step) return normalCdf(z(x))
      const low = d.log && x - d.step / 2 <= 0 ? 0 : normalCdf(z(x - d.step / 2))
      return (low + normalCdf(z(x + d.step / 2))) / 2
    }
    default: {
      const [a, b] = zRange(d)
      if (b === a) return 0.5
      const x = value as number
      const u = ((d.log ? Math.log(x) : x) - a) / (b - a)
      return Math.min(1 - 2 ** -53, Math.max(0, u))
    }
  }
}

/** Whether `value` is one the distribution can give. */
export function contains(d: Distribution, value: unknown): boolean {
  if (d.kind === 'categorical') return d.choices.includes(value as Choice)
  if (typeof value !== 'number' || !Number.isFinite(value)) return false
  if (d.kind === 'normal') {
    if (d.log && value < 0) return false
    return !d.step || isWhole(value / d.step, Math.abs(value) / d.step)
  }
  if (value < d.low || value > d.high) return false
  const step = stepOf(d)
  if (step === 0) return true
  return isWhole((value - d.low) / step, Math.max(Math.abs(d.low), Math.abs(value)) / step)
}

/** Whether k is a whole number up to the rounding of values that are `size` steps large. */
function isWhole(k: number, size: number): boolean {
  return Math.abs(k - Math.round(k)) < 1e-6 + 1e-14 * size
}
