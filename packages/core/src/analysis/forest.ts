/**
 * A random forest of regression trees over the cells of a conditional space (Breiman 2001; one tree per bootstrap of the
 * trials, all parameters at each split, as fANOVA wants them).
 *
 * A tree splits on a parameter only where its region makes it active. Where a parameter is not certainly active but
 * would split well, the tree first splits on what switches it on, so that conditional parameters are found although
 * their parents alone say nothing.
 *
 * Notation: rows: trials, as cell numbers per axis (−1 not active). y: their losses. region: per axis a set of cells.
 */
import { type Axis, allCells } from './cells.js'

/** A leaf: the sets of cells it covers, one per axis, and the mean loss there. */
export interface Leaf {
  readonly region: Int32Array
  readonly mean: number
}

export interface Training {
  readonly axes: readonly Axis[]
  readonly rows: readonly Int8Array[]
  readonly y: Float64Array
}

const SMALLEST_SPLIT = 4
/** Larger bootstraps make trees slower, and the mean of the forest hardly better. */
const LARGEST_SAMPLE = 600

/** The leaves of one tree per bootstrap; O(trees · trials · axes · depth). */
export function growForest(training: Training, trees: number, uniform: () => number): readonly (readonly Leaf[])[] {
  const n = training.rows.length
  const whole = Int32Array.from(training.axes, ({ masses }) => allCells(masses.length))
  return Array.from({ length: trees }, () => {
    const sample = Int32Array.from({ length: Math.min(n, LARGEST_SAMPLE) }, () =>
      Math.min(n - 1, Math.floor(uniform() * n)),
    )
    const leaves: Leaf[] = []
    grow(training, { sample, region: whole }, leaves)
    return leaves
  })
}

interface Node {
  readonly sample: Int32Array
  readonly region: Int32Array
}

interface Split {
  readonly axis: number
  /** The cells that go left. */
  readonly cells: number
  readonly gain: number
}

function grow(training: Training, node: Node, leaves: Leaf[]): void {
  const open = [node]
  const smallest = Math.max(SMALLEST_SPLIT, Math.ceil(node.sample.length / 60))
  for (let next = open.pop(); next; next = open.pop()) {
    const split = next.sample.length < smallest ? undefined : bestSplit(training, next)
    if (!split) {
      const mean = next.sample.reduce((sum, row) => sum + training.y[row]!, 0) / next.sample.length
      leaves.push({ region: next.region, mean })
      continue
    }
    const { axis, cells } = split
    const goesLeft = (row: number) => ((cells >>> training.rows[row]![axis]!) & 1) === 1
    const side = (left: boolean): Node => ({
      sample: next.sample.filter((row) => goesLeft(row) === left),
      region: next.region.with(axis, next.region[axis]! & (left ? cells : ~cells)),
    })
    open.push(side(false), side(true))
  }
}

function bestSplit(training: Training, node: Node): Split | undefined {
  let best: Split | undefined
  for (let axis = 0; axis < training.axes.length; axis++) {
    const switchedBy = firstNeed(training.axes, node.region, axis)
    if (switchedBy === 'never') continue
    const found = splitOn(training, node, axis)
    if (!found || found.gain <= (best?.gain ?? 1e-12)) continue
    best = switchedBy === undefined ? found : { ...switchedBy, gain: found.gain }
  }
  return best
}

/** What must be split so that `axis` is active: undefined if it is; 'never' if the region excludes it. */
function firstNeed(
  axes: readonly Axis[],
  region: Int32Array,
  axis: number,
): { readonly axis: number; readonly cells: number } | 'never' | undefined {
  for (const need of axes[axis]!.needs) {
    const above = firstNeed(axes, region, need.axis)
    if (above !== undefined) return above
    const here = region[need.axis]!
    if ((here & need.cells) === 0) return 'never'
    if ((here & ~need.cells) !== 0) return need
  }
  return undefined
}

/** The split that takes most off the sum of squares; rows in which `axis` is not active stay apart, as a third part. */
function splitOn({ axes, rows, y }: Training, { sample }: Node, axis: number): Split | undefined {
  const { masses, ordered } = axes[axis]!
  const sums = new Float64Array(masses.length)
  const counts = new Int32Array(masses.length)
  let [total, active, activeSum] = [0, 0, 0]
  for (const row of sample) {
    total += y[row]!
    const cell = rows[row]![axis]!
    if (cell < 0) continue
    sums[cell]! += y[row]!
    counts[cell]!++
    active++
    activeSum += y[row]!
  }
  const inactive = sample.length - active
  const rest = (inactive > 0 ? (total - activeSum) ** 2 / inactive : 0) - total ** 2 / sample.length
  const present = [...counts.keys()].filter((cell) => counts[cell]! > 0)
  // for squared loss the best subset of an unordered axis is an interval by mean (Fisher 1958)
  if (!ordered) present.sort((a, b) => sums[a]! / counts[a]! - sums[b]! / counts[b]!)
  let best: Split | undefined
  let [leftSum, left, cells] = [0, 0, 0]
  for (let i = 0; i + 1 < present.length; i++) {
    const cell = present[i]!
    leftSum += sums[cell]!
    left += counts[cell]!
    cells |= 1 << cell
    const gain = rest + leftSum ** 2 / left + (activeSum - leftSum) ** 2 / (active - left)
    if (gain <= (best?.gain ?? 0)) continue
    // an empty stretch between two ordered cells is cut in the middle
    best = { axis, gain, cells: ordered ? allCells(Math.floor((cell + present[i + 1]!) / 2) + 1) : cells }
  }
  return best
}
