import { dominanceOrder } from '../../numerics/dominance.js'
import type { PartialCurve } from '../partial-curve.js'
import { expectedEnds } from './expected-end.js'

/** How a trial stands, to the model. */
export const GOOD_ENOUGH = 0
export const PRUNED = 1
export const INFEASIBLE = 2
export const FAILED = 3

export interface Scores {
  readonly ending: typeof GOOD_ENOUGH | typeof PRUNED | typeof INFEASIBLE | typeof FAILED
  /** One an objective, to be minimised; of an infeasible trial the sum of its violations, of a pruned one its last loss. */
  readonly losses: readonly number[]
  /** The last one of a pruned trial; −Infinity if it told nothing. */
  readonly step?: number
  /** Of a complete one. */
  readonly curve?: PartialCurve | undefined
}

/** Rows of trials, the best first. */
export interface Ranking {
  readonly count: number
  readonly completeCount: number
  readonly prunedCount: number
  /** The next row. */
  add(scores: Scores): void
  /** Forgets the rows from `kept` on, none of them complete. */
  truncate(kept: number): void
  /** See `History.best`. */
  best(wanted: number): Int32Array
}

export function ranking(objectives: number): Ranking {
  let capacity = 64
  const losses = Array.from({ length: objectives }, () => new Float64Array(capacity))
  let endings = new Uint8Array(capacity)
  let order = new Int32Array(capacity)
  const steps = new Map<number, number>()
  const ends = expectedEnds()
  let count = 0
  let completeCount = 0

  function reserve(rows: number): void {
    if (rows <= capacity) return
    capacity = Math.ceil(rows * 1.5)
    losses.forEach((column, i) => {
      losses[i] = grown(column, new Float64Array(capacity))
    })
    endings = grown(endings, new Uint8Array(capacity))
    order = grown(order, new Int32Array(capacity))
  }

  return {
    get count() {
      return count
    },
    get completeCount() {
      return completeCount
    },
    get prunedCount() {
      return steps.size
    },
    add({ ending, losses: of, step, curve }) {
      reserve(count + 1)
      if (step !== undefined) steps.set(count, step)
      if (curve && objectives === 1) ends.add(curve, of[0]!)
      endings[count] = ending
      losses.forEach((column, i) => {
        column[count] = of[i] ?? 0
      })
      if (ending === GOOD_ENOUGH) completeCount++
      insertSorted(order, count, (other) => comesBefore({ endings, steps, losses: losses[0]! }, other, count))
      count++
    },
    truncate(kept) {
      for (let row = kept; row < count; row++) steps.delete(row)
      order.set(order.subarray(0, count).filter((row) => row < kept))
      count = kept
    },
    best(wanted) {
      const [first] = losses as [Float64Array]
      if (completeCount > 0 && objectives > 1) return dominanceOrder(losses, order.slice(0, completeCount), wanted)
      let ranked = completeCount
      if (objectives === 1) while (ranked < count && (steps.get(order[ranked]!) ?? -Infinity) > -Infinity) ranked++
      if (ranked === 0) while (ranked < count && endings[order[ranked]!] === INFEASIBLE) ranked++
      if (completeCount === 0 || completeCount === ranked) return order.slice(0, Math.min(wanted, ranked))
      const limit = wanted <= completeCount ? first[order[wanted - 1]!]! : Infinity
      return byEnd(order.subarray(0, ranked), limit, (row) =>
        endings[row] === GOOD_ENOUGH ? first[row]! : (ends.of(steps.get(row)!, first[row]!) ?? Infinity),
      ).slice(0, wanted)
    },
  }
}

/** Those of the rows that end with `limit` or less, by that; where it is equal or unknown (Infinity) in the order they had. */
function byEnd(rows: Int32Array, limit: number, endOf: (row: number) => number): Int32Array {
  const ends = Float64Array.from(rows, endOf)
  const places = Int32Array.from(rows.keys()).filter((i) => ends[i]! <= limit)
  // Infinity − Infinity is NaN, which counts as equal; the sort is stable
  return places.sort((i, j) => ends[i]! - ends[j]!).map((i) => rows[i]!)
}

interface Ranks {
  readonly endings: Uint8Array
  readonly losses: Float64Array
  /** Of pruned rows. */
  readonly steps: ReadonlyMap<number, number>
}

function comesBefore({ endings, losses, steps }: Ranks, a: number, b: number): boolean {
  if (endings[a] !== endings[b]) return endings[a]! < endings[b]!
  const further = (steps.get(a) ?? 0) - (steps.get(b) ?? 0)
  // two that told nothing: Infinity − Infinity
  return further === 0 || Number.isNaN(further) ? losses[a]! <= losses[b]! : further > 0
}

/** Puts `row`, the newest, behind all that come before it: a binary search and one move of memory. */
function insertSorted(order: Int32Array, row: number, isBefore: (other: number) => boolean): void {
  let low = 0
  let high = row
  while (low < high) {
    const middle = (low + high) >>> 1
    if (isBefore(order[middle]!)) low = middle + 1
    else high = middle
  }
  order.copyWithin(low + 1, low, row)
  order[low] = row
}

export function grown<A extends Float64Array | Int32Array | Uint8Array>(from: A, to: A): A {
  to.set(from)
  return to
}
