import type { StudyState } from '../journal/state.js'
import { rng } from '../numerics/rng.js'
import { cellsOf } from './cells.js'
import { fenced } from './fanova.js'
import { growForest, type Leaf } from './forest.js'
import { observations } from './observation.js'
import type { Model } from './partial-dependence.js'

const TREES = 32

/** The random forest of `fanova.ts`; the spread between trees is the uncertainty. O(trees · leaves · parameters) a point. */
export function forestModel(state: Readonly<StudyState>, objective: number): Model {
  const { space = {}, seed = 0 } = state.spec ?? {}
  const trials = observations(state)
  const cells = cellsOf(space)
  const y = fenced(trials.map(({ losses }) => losses[objective] as number))
  const rows = trials.map(({ params }) => cells.of(params))
  const forest = growForest({ axes: cells.axes, rows, y }, TREES, rng(seed, 0xfb))
  return {
    trials: trials.length,
    average(points) {
      const placed = points.map((params) => cells.of(params))
      const means = forest.map((leaves) => {
        return placed.reduce((sum, row) => sum + leafOf(leaves, row).mean, 0) / placed.length
      })
      const mean = means.reduce((sum, each) => sum + each, 0) / means.length
      return { mean, sd: Math.sqrt(means.reduce((sum, each) => sum + (each - mean) ** 2, 0) / means.length) }
    },
  }
}

/** The leaf whose region holds the row. An axis that is not active is never what tells two leaves apart. */
function leafOf(leaves: readonly Leaf[], row: Int8Array): Leaf {
  const found = leaves.find(({ region }) => row.every((cell, axis) => cell < 0 || ((region[axis]! >>> cell) & 1) === 1))
  return found ?? (leaves[0] as Leaf)
}
