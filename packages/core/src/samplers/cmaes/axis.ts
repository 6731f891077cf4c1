import type { Choice } from '../../space/distribution.js'
import { countValues, valueAt } from '../../space/unit-cube.js'
import { coordinate, type Numeric } from '../coordinate.js'

/**
 * A numeric parameter as one coordinate ("gene") of the search: 0 to 1 over a range, 0.5 + z / √12 for a normal
 * distribution with z in its standard deviations, so that both start with the same spread.
 */
export interface Axis {
  readonly name: string
  /** The range of the gene; infinite for normal distributions. */
  readonly low: number
  readonly high: number
  readonly discrete: boolean
  toGene(value: Choice): number
  fromGene(gene: number): Choice
  /** The genes that give the same value as this one; infinite at the ends of a range. Discrete only. */
  cellOf(gene: number): readonly [low: number, high: number]
}

/** @param d has more than one value. */
export function axis(name: string, d: Numeric): Axis {
  const { middle, width, step, log, low, high, toZ, fromZ } = coordinate(d)
  const scale = d.kind === 'normal' ? width * Math.sqrt(12) : width
  const toGene = (z: number) => 0.5 + (z - middle) / scale
  const fromGene = (gene: number) => fromZ(middle + (gene - 0.5) * scale)
  const first = d.kind === 'normal' ? (log ? 0 : -Infinity) : d.low
  const last = d.kind === 'normal' ? Infinity : step > 0 ? valueAt(d, countValues(d) - 1) : d.high
  return {
    name,
    low: toGene(low),
    high: toGene(high),
    discrete: step > 0,
    toGene: (value) => toGene(toZ(value)),
    fromGene,
    cellOf(gene) {
      const x = fromGene(gene) as number
      return [
        x - step / 2 <= first ? -Infinity : toGene(toZ(x - step / 2)),
        x + step / 2 >= last ? Infinity : toGene(toZ(x + step / 2)),
      ]
    },
  }
}
