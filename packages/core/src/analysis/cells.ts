/**
 * A space cut into few cells per parameter, and its trials as cell numbers: what a regression tree splits.
 *
 * Cells of a numeric parameter have equal probability under its distribution; those of a categorical are its choices.
 */
import { isActive } from '../space/activity.js'
import type { Choice, Parameter, Params, Space } from '../space/distribution.js'
import { contains, countValues, fromUnit, toUnit } from '../space/unit-cube.js'

const MOST = 32
const FINE = 16

/** Cells are at most 32, so that a set of them is the bits of one integer. */
export interface Axis {
  readonly name: string
  /** Splits of an unordered axis may put any cells together. */
  readonly ordered: boolean
  /** The prior probability of each cell; sums to 1. */
  readonly masses: Float64Array
  /** The sets of cells of earlier axes under which it is certainly active. */
  readonly needs: readonly { readonly axis: number; readonly cells: number }[]
}

export interface Cells {
  readonly axes: readonly Axis[]
  /** Cell numbers of a trial, one per axis; −1 where it is not active. */
  of(params: Params): Int8Array
}

export const allCells = (count: number): number => (count >= MOST ? -1 : (1 << count) - 1)

export function cellsOf(space: Space): Cells {
  const names = Object.keys(space)
  const parents = new Set(Object.values(space).flatMap(({ when }) => Object.keys(when ?? {})))
  const makers = names.map((name) => axisCells(space[name] as Parameter, parents.has(name)))
  const axes = names.map((name, i): Axis => {
    const { when, kind } = space[name] as Parameter
    const needs = Object.entries(when ?? {}).flatMap(([parent, values]) => {
      const axis = names.indexOf(parent)
      return axis === -1 ? [] : [{ axis, cells: (makers[axis] as AxisCells).within(values) }]
    })
    return { name, ordered: kind !== 'categorical', masses: (makers[i] as AxisCells).masses, needs }
  })
  const of = (params: Params) =>
    Int8Array.from(names, (name, i) => {
      const parameter = space[name] as Parameter
      const value = params[name]
      // a value of before the space was edited has no cell
      const has = value !== undefined && isActive(parameter, params) && contains(parameter, value)
      return has ? (makers[i] as AxisCells).of(value) : -1
    })
  return { axes, of }
}

interface AxisCells {
  readonly masses: Float64Array
  of(value: Choice): number
  /** The cells that hold nothing but these values. */
  within(values: readonly Choice[]): number
}

function axisCells(parameter: Parameter, isParent: boolean): AxisCells {
  const size = countValues(parameter)
  if (parameter.kind === 'categorical') {
    const { choices, weights } = parameter
    const count = Math.min(MOST, choices.length)
    const masses = new Float64Array(count)
    // choices beyond 31 share the last cell
    const of = (value: Choice) => Math.min(count - 1, choices.indexOf(value))
    for (const [i, choice] of choices.entries()) masses[of(choice)]! += weights?.[i] ?? 1 / choices.length
    return { masses, of, within: (values) => cellsWithin(choices, values, of) }
  }
  const count = Math.min(isParent ? MOST : FINE, size)
  const masses = new Float64Array(count).fill(1 / count)
  const of = (value: Choice) => Math.min(count - 1, Math.max(0, Math.floor(toUnit(parameter, value) * count)))
  if (size > MOST * MOST) return { masses, of, within: () => 0 }
  const all = Array.from({ length: size }, (_, k) => fromUnit(parameter, (k + 0.5) / size))
  return { masses, of, within: (values) => cellsWithin(all, values, of) }
}

function cellsWithin(all: readonly Choice[], values: readonly Choice[], of: (value: Choice) => number): number {
  let inside = 0
  let outside = 0
  for (const value of all) {
    if (values.includes(value)) inside |= 1 << of(value)
    else outside |= 1 << of(value)
  }
  return inside & ~outside
}
