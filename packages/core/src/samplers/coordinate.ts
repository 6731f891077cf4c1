import type { Choice, Distribution } from '../space/distribution.js'
import { countValues, fromUnit, stepOf, zRange } from '../space/unit-cube.js'

export type Numeric = Exclude<Distribution, { kind: 'categorical' }>

/** A numeric distribution in the coordinate in which it is uniform or normal: z = x, or ln x for `log`. */
export interface Coordinate {
  /** The range of z, half a step wider at both ends where values are steps; infinite for `normal`. */
  readonly low: number
  readonly high: number
  /** Uniform: middle and width of the range. Normal: mean and sd. */
  readonly middle: number
  readonly width: number
  readonly log: boolean
  /** In x; 0 if continuous. */
  readonly step: number
  toZ(value: Choice): number
  /** The value nearest to z; z is taken into the range. */
  fromZ(z: number): number
}

/** What stands for zero in ln x (Hyperopt's EPS). */
const TINY = 1e-12

/** @param d has more than one value. */
export function coordinate(d: Numeric): Coordinate {
  const log = d.log === true
  const toZ = (value: Choice) => (log ? Math.log(Math.max(value as number, TINY)) : (value as number))
  if (d.kind === 'normal') {
    const step = d.step ?? 0
    return {
      low: -Infinity,
      high: Infinity,
      middle: d.mean,
      width: d.sd,
      log,
      step,
      toZ,
      fromZ(z) {
        const x = Math.min(Number.MAX_VALUE, log ? Math.exp(z) : z)
        return step === 0 ? x : Number((Math.round(x / step) * step).toPrecision(15)) + 0
      },
    }
  }
  const [low, high] = zRange(d)
  return {
    low,
    high,
    middle: (low + high) / 2,
    width: high - low,
    log,
    step: stepOf(d),
    toZ,
    fromZ: (z) => fromUnit(d, (Math.min(high, Math.max(low, z)) - low) / (high - low)) as number,
  }
}

/** The value of a distribution that can give only one. */
export function onlyValue(d: Distribution): Choice | undefined {
  return countValues(d) === 1 ? fromUnit(d, 0.5) : undefined
}
