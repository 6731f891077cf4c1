import type { Choice, Parameter, Space } from '../../space/distribution.js'
import { countValues, fromUnit, toUnit, valueAt } from '../../space/unit-cube.js'
import { coordinate } from '../coordinate.js'

/** The standard deviation, in t, of the prior of an unbounded dimension, so that all scales are alike. */
export const UNBOUNDED_SD = 0.25
/** Stepped dimensions of at most this many values have the mass of their kernels summed value by value. */
const MAX_GRID = 64

interface Condition {
  /** Index of the parent. */
  readonly parent: number
  holds(t: number): boolean
}

/**
 * A parameter as a dimension of the model, with a coordinate t of its own.
 *
 * `bounded`: the prior is uniform on [0, 1] (`unit-cube.ts`). `unbounded` (`normal`): it is N(1/2, 1/4).
 * `categorical`: t is the index of the choice. NaN stands for "not active".
 */
export interface Dimension {
  readonly name: string
  readonly kind: 'bounded' | 'unbounded' | 'categorical'
  /** The number of different values; Infinity if continuous or unbounded. */
  readonly size: number
  /** All hold where the parameter is active; parents have smaller indices. */
  readonly conditions: readonly Condition[]
  /** Prior probabilities of the choices; empty unless categorical. */
  readonly prior: Float64Array
  /** The values in t, and the share of [0, 1] each is drawn from; empty unless there are at most 64 steps. */
  readonly grid: Float64Array
  readonly width: Float64Array
  encode(value: Choice): number
  decode(t: number): Choice
  /** The t of value number k of a finite dimension. */
  valueT(k: number): number
  /** The t of the value nearest to t. */
  settle(t: number): number
  /** The t at quantile u of the prior. */
  quantile(u: number): number
}

export function dimensionsOf(space: Space): readonly Dimension[] {
  const dimensions: Dimension[] = []
  for (const [name, parameter] of Object.entries(space)) {
    const conditions = Object.entries(parameter.when ?? {}).map(([parentName, values]): Condition => {
      const parent = dimensions.findIndex((dimension) => dimension.name === parentName)
      return { parent, holds: holdsFor(dimensions[parent] as Dimension, values) }
    })
    dimensions.push({ name, conditions, ...modelled(parameter) })
  }
  return dimensions
}

function holdsFor(parent: Dimension, values: readonly Choice[]): (t: number) => boolean {
  if (parent.kind !== 'categorical') return (t) => values.includes(parent.decode(t))
  const listed = Array.from(parent.prior, (_, k) => values.includes(parent.decode(k)))
  return (t) => listed[t] as boolean
}

/** Whether dimension d takes part in x, whose earlier dimensions are set. */
export function isActiveIn(d: Dimension, x: Float64Array): boolean {
  for (const { parent, holds } of d.conditions) {
    const t = x[parent]!
    if (Number.isNaN(t) || !holds(t)) return false
  }
  return true
}

type Modelled = Omit<Dimension, 'name' | 'conditions'>
const NONE = new Float64Array(0)

function modelled(p: Parameter): Modelled {
  const size = countValues(p)
  if (p.kind === 'categorical') {
    return {
      kind: 'categorical',
      size,
      prior: Float64Array.from(p.weights ?? p.choices.map(() => 1 / p.choices.length)),
      grid: NONE,
      width: NONE,
      encode: (value) => p.choices.indexOf(value),
      decode: (t) => p.choices[t] as Choice,
      valueT: (k) => k,
      settle: (t) => t,
      quantile: (u) => p.choices.indexOf(fromUnit(p, u)),
    }
  }
  if (p.kind === 'normal') {
    const { toZ, fromZ } = coordinate(p)
    const encode = (value: Choice) => 0.5 + (UNBOUNDED_SD * (toZ(value) - p.mean)) / p.sd
    return {
      kind: 'unbounded',
      size,
      prior: NONE,
      grid: NONE,
      width: NONE,
      encode,
      decode: (t) => fromZ(p.mean + ((t - 0.5) / UNBOUNDED_SD) * p.sd),
      valueT: () => Number.NaN,
      settle: (t) => t,
      quantile: (u) => encode(fromUnit(p, u)),
    }
  }
  const encode = (value: Choice) => toUnit(p, value)
  const { grid, width, edges } = gridOf(p, size)
  const settle =
    size === Infinity
      ? (t: number) => t
      : grid.length > 0
        ? (t: number) => grid[cellOf(edges, t)]!
        : (t: number) => encode(fromUnit(p, t))
  return {
    kind: 'bounded',
    size,
    prior: NONE,
    grid,
    width,
    settle,
    encode,
    decode: (t) => fromUnit(p, t),
    valueT: (k) => encode(valueAt(p, k)),
    quantile: (u) => encode(fromUnit(p, u)),
  }
}

type Ranged = Extract<Parameter, { kind: 'float' | 'int' }>

interface Grid {
  readonly grid: Float64Array
  readonly width: Float64Array
  /** The upper end of each value's share. */
  readonly edges: Float64Array
}

function gridOf(p: Ranged, size: number): Grid {
  if (size > MAX_GRID || size < 2) return { grid: NONE, width: NONE, edges: NONE }
  // edges lie half way between the values, which with `log` is not half way in t
  const edges = Float64Array.from({ length: size }, (_, k) =>
    k === size - 1 ? 1 : toUnit(p, (valueAt(p, k) + valueAt(p, k + 1)) / 2),
  )
  return {
    grid: Float64Array.from({ length: size }, (_, k) => toUnit(p, valueAt(p, k))),
    width: edges.map((edge, k) => edge - (k === 0 ? 0 : edges[k - 1]!)),
    edges,
  }
}

function cellOf(edges: Float64Array, t: number): number {
  let low = 0
  let high = edges.length - 1
  while (low < high) {
    const middle = (low + high) >>> 1
    if (t < edges[middle]!) high = middle
    else low = middle + 1
  }
  return low
}
