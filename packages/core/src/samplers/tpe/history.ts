import type { TrialRecord } from '../../journal/state.js'
import { dominanceOrder } from '../../numerics/dominance.js'
import type { Choice, Params } from '../../space/distribution.js'
import { lastOf, partialCurve } from '../partial-curve.js'
import type { Problem } from '../sampler.js'
import type { Dimension } from './dimension.js'

/** How a finished trial ended, to the model. Running trials count as `bad`: the constant liar. */
export const GOOD_ENOUGH = 0
export const PRUNED = 1
export const INFEASIBLE = 2
export const FAILED = 3
type Ending = typeof GOOD_ENOUGH | typeof PRUNED | typeof INFEASIBLE | typeof FAILED

/** Finished trials by column, in the order they finished; rows beyond `count` are scratch for running ones. */
export interface History {
  readonly count: number
  /** Of each dimension, t by row; NaN where not active. */
  readonly columns: readonly Float64Array[]
  /** Of each dimension, in how many of the `count` rows it is active. */
  readonly activeCounts: Int32Array
  readonly endings: Uint8Array
  /** How many rows ended `GOOD_ENOUGH`. */
  readonly completeCount: number
  add(finished: readonly TrialRecord[]): void
  /** Writes running trials behind the finished ones. @returns the number of all rows. */
  stage(running: readonly TrialRecord[]): number
  /**
   * The rows of the best `wanted` trials, best first. With one objective, where complete ones do not suffice, pruned ones follow by
   * how far they got and how good they were there, as in Optuna's TPE; infeasible ones only if none is feasible, failed ones never.
   */
  best(wanted: number): Int32Array
}

/** What is to be optimised, as in `Problem`. */
type Aims = Pick<Problem, 'directions' | 'metrics'>

interface Scores {
  readonly ending: Ending
  /** One an objective, to be minimised; of an infeasible trial the sum of its violations, of a pruned one its last loss. */
  readonly losses: readonly number[]
  /** The last one of a pruned trial. */
  readonly step?: number
}

export function history(dimensions: readonly Dimension[], aims: Aims): History {
  const { directions } = aims
  let capacity = 64
  const columns = dimensions.map(() => new Float64Array(capacity))
  const losses = directions.map(() => new Float64Array(capacity))
  const activeCounts = new Int32Array(dimensions.length)
  let endings = new Uint8Array(capacity)
  const steps = new Map<number, number>()
  let order = new Int32Array(capacity)
  let count = 0
  let completeCount = 0

  function reserve(rows: number): void {
    if (rows <= capacity) return
    while (capacity < rows) capacity = Math.ceil(capacity * 1.5)
    for (let d = 0; d < columns.length; d++) columns[d] = grown(columns[d]!, new Float64Array(capacity))
    for (let i = 0; i < losses.length; i++) losses[i] = grown(losses[i]!, new Float64Array(capacity))
    endings = grown(endings, new Uint8Array(capacity))
    order = grown(order, new Int32Array(capacity))
  }

  function write(row: number, params: Params): void {
    for (let d = 0; d < dimensions.length; d++) {
      const dimension = dimensions[d]!
      const value: Choice | undefined = params[dimension.name]
      columns[d]![row] = value === undefined ? Number.NaN : dimension.encode(value)
    }
  }

  function append(trial: TrialRecord): void {
    reserve(count + 1)
    write(count, trial.params)
    const { ending, losses: of, step } = scoresOf(trial, aims)
    if (step !== undefined) steps.set(count, step)
    endings[count] = ending
    losses.forEach((column, i) => {
      column[count] = of[i] ?? 0
    })
    for (let d = 0; d < columns.length; d++) if (!Number.isNaN(columns[d]![count]!)) activeCounts[d]!++
    if (ending === GOOD_ENOUGH) completeCount++
    insertSorted(order, count, (other) => comesBefore({ endings, steps, losses: losses[0]! }, other, count))
    count++
  }

  return {
    columns,
    activeCounts,
    get count() {
      return count
    },
    get completeCount() {
      return completeCount
    },
    get endings() {
      return endings
    },
    add(finished) {
      for (const trial of finished) if (!saysNothing(trial)) append(trial)
    },
    stage(running) {
      reserve(count + running.length)
      running.forEach((trial, i) => {
        write(count + i, trial.params)
        endings[count + i] = GOOD_ENOUGH
      })
      return count + running.length
    },
    best(wanted) {
      if (completeCount > 0 && losses.length > 1) return dominanceOrder(losses, order.slice(0, completeCount), wanted)
      let ranked = completeCount
      if (losses.length === 1) while (ranked < count && (steps.get(order[ranked]!) ?? -Infinity) > -Infinity) ranked++
      if (ranked === 0) while (ranked < count && endings[order[ranked]!] === INFEASIBLE) ranked++
      return order.slice(0, Math.min(wanted, ranked))
    },
  }
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

/** A machine that went away, or a person who stopped it, tells nothing of the point a trial worked on. */
function saysNothing({ outcome }: TrialRecord): boolean {
  return outcome?.state === 'failed' && (outcome.cause === 'lost' || outcome.cause === 'killed')
}

function scoresOf(trial: TrialRecord, { directions, metrics }: Aims): Scores {
  const { outcome } = trial
  if (outcome?.state === 'pruned') {
    const curve = partialCurve(trial, metrics?.[0], directions[0] ?? 'minimize')
    if (!curve) return { ending: PRUNED, losses: [Infinity], step: -Infinity }
    const { step, loss } = lastOf(curve)
    return { ending: PRUNED, losses: [loss], step }
  }
  if (outcome?.state !== 'complete') return { ending: FAILED, losses: [] }
  const losses = directions.map(
    (direction, i) => (outcome.values[i] ?? Number.NaN) * (direction === 'maximize' ? -1 : 1),
  )
  if (!losses.every(Number.isFinite)) return { ending: FAILED, losses: [] }
  const violation = (outcome.constraints ?? []).reduce((sum, c) => sum + (c <= 0 ? 0 : c), 0)
  if (violation === 0) return { ending: GOOD_ENOUGH, losses }
  return Number.isFinite(violation) ? { ending: INFEASIBLE, losses: [violation] } : { ending: FAILED, losses: [] }
}

function grown<A extends Float64Array | Int32Array | Uint8Array>(from: A, to: A): A {
  to.set(from)
  return to
}
