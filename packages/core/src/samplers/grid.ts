import { permutation } from '../numerics/permutation.js'
import { rng } from '../numerics/rng.js'
import type { Space } from '../space/distribution.js'
import { type AxisOptions, axes } from './grid-axis.js'
import { gridTree } from './grid-tree.js'
import { checkOptions, type OptionRule, oneOf, positiveInteger } from './options.js'
import { positions } from './position.js'
import type { SamplerFactory } from './sampler.js'

export interface GridOptions extends AxisOptions {
  /** `shuffled` (default): an interrupted grid covers the space evenly. `sequential`: the last parameter fastest. */
  readonly order?: 'shuffled' | 'sequential'
}

/** Any constant: keeps the order apart from the streams of trials. */
const ORDER_STREAM = 0x67726964

const rules: { readonly [option in keyof Required<GridOptions>]: OptionRule } = {
  order: oneOf('shuffled', 'sequential'),
  points: {
    expected: 'lists of values by parameter',
    accepts: (value) => isRecord(value) && Object.values(value).every(Array.isArray),
  },
  count: {
    expected: 'a whole number, 1 or more, or such numbers by parameter',
    accepts: (value) =>
      positiveInteger.accepts(value) || (isRecord(value) && Object.values(value).every(positiveInteger.accepts)),
  },
}

function isRecord(value: unknown): value is { readonly [name: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/**
 * Every point of a grid once, in conditional spaces too; then undefined, which ends the study.
 *
 * Points: all values of choices (of weight above 0), integers and steps; of continuous parameters `points`, or `count`
 * evenly spaced ones with both ends (in ln x for `log`); of normal ones the middles of `count` equal shares.
 * Trials that a person asked for do not count as points of the grid.
 * @throws ParzenError `sampler/option`, `sampler/grid-size`.
 */
export function grid(options: GridOptions = {}): SamplerFactory {
  checkOptions('grid', { ...options }, rules)
  return ({ space, seed }) => {
    const { size, at } = gridTree(space, axes(space, options))
    const indexAt = options.order === 'sequential' ? (k: number) => k : permutation(size, rng(seed, ORDER_STREAM))
    const taken = positions('grid')
    return {
      observe: taken.add,
      suggest(running) {
        const position = taken.next(running)
        if (position >= size) return undefined
        return { params: at(indexAt(position)), memo: { grid: position } }
      },
    }
  }
}

/** The number of points that `grid(options)` would try. */
export function gridSize(space: Space, options: GridOptions = {}): number {
  checkOptions('grid', { ...options }, rules)
  return gridTree(space, axes(space, options)).size
}
