import type { TrialRecord } from '../../journal/state.js'
import type { Choice, Params } from '../../space/distribution.js'
import { lastOf, partialCurve } from '../partial-curve.js'
import type { Problem } from '../sampler.js'
import type { Dimension } from './dimension.js'
import { FAILED, GOOD_ENOUGH, grown, INFEASIBLE, PRUNED, ranking, type Scores } from './ranking.js'

/** Trials by column: finished ones in the order they finished, then paused ones; rows beyond `count` are scratch for running ones. */
export interface History {
  readonly count: number
  /** How many of the `count` rows stay: without those of paused trials. */
  readonly finishedCount: number
  /** Of each dimension, t by row; NaN where not active. */
  readonly columns: readonly Float64Array[]
  /** Of each dimension, in how many of the `count` rows it is active. */
  readonly activeCounts: Int32Array
  /** By row, 1 if it failed. */
  readonly failed: Uint8Array
  /**
   * Of how many trials the good ones are a share: of all, and once `enough` are complete of those that were not stopped, as BOHB
   * takes it of the largest budget with enough of them.
   */
  comparedCount(enough: number): number
  add(finished: readonly TrialRecord[]): void
  /** Adds paused trials, as if they had been stopped for good. @returns what forgets them again. */
  hold(paused: readonly TrialRecord[]): () => void
  /** Writes running trials behind the others. @returns the number of all rows. */
  stage(running: readonly TrialRecord[]): number
  /**
   * The rows of the best `wanted` trials, best first; infeasible ones only if none is feasible, failed ones never.
   *
   * With one objective pruned ones rank among the complete ones by what they would have come to (`expected-end.ts`). Those of which
   * that is unknown follow by how far they got and how good they were there: the trials at the farthest step come first, as the
   * largest budget does in BOHB (Falkner, Klein & Hutter 2018) and in Optuna's TPE.
   */
  best(wanted: number): Int32Array
}

/** What is to be optimised, as in `Problem`. */
type Aims = Pick<Problem, 'directions' | 'metrics'>

export function history(dimensions: readonly Dimension[], aims: Aims): History {
  let capacity = 64
  const columns = dimensions.map(() => new Float64Array(capacity))
  const activeCounts = new Int32Array(dimensions.length)
  let failed = new Uint8Array(capacity)
  const ranks = ranking(aims.directions.length)
  let held = 0

  function reserve(rows: number): void {
    if (rows <= capacity) return
    while (capacity < rows) capacity = Math.ceil(capacity * 1.5)
    for (let d = 0; d < columns.length; d++) columns[d] = grown(columns[d]!, new Float64Array(capacity))
    failed = grown(failed, new Uint8Array(capacity))
  }

  function write(row: number, params: Params): void {
    for (let d = 0; d < dimensions.length; d++) {
      const dimension = dimensions[d]!
      const value: Choice | undefined = params[dimension.name]
      columns[d]![row] = value === undefined ? Number.NaN : dimension.encode(value)
    }
    failed[row] = 0
  }

  /** @param by 1 or −1. */
  function countActive(row: number, by: number): void {
    for (let d = 0; d < columns.length; d++) if (!Number.isNaN(columns[d]![row]!)) activeCounts[d]! += by
  }

  function append(trial: TrialRecord): void {
    const row = ranks.count
    reserve(row + 1)
    write(row, trial.params)
    countActive(row, 1)
    const scores = scoresOf(trial, aims)
    if (scores.ending === FAILED) failed[row] = 1
    ranks.add(scores)
  }

  function forget(): void {
    const kept = ranks.count - held
    for (let row = kept; row < ranks.count; row++) countActive(row, -1)
    ranks.truncate(kept)
    held = 0
  }

  return {
    columns,
    activeCounts,
    get count() {
      return ranks.count
    },
    get finishedCount() {
      return ranks.count - held
    },
    get failed() {
      return failed
    },
    comparedCount: (enough) => ranks.count - (ranks.completeCount < enough ? 0 : ranks.prunedCount),
    add(finished) {
      for (const trial of finished) if (!saysNothing(trial)) append(trial)
    },
    hold(paused) {
      for (const trial of paused) append(trial)
      held = paused.length
      return forget
    },
    stage(running) {
      reserve(ranks.count + running.length)
      running.forEach(({ params }, i) => {
        write(ranks.count + i, params)
      })
      return ranks.count + running.length
    },
    best: ranks.best,
  }
}

/** A machine that went away, or a person who stopped it, tells nothing of the point a trial worked on. */
function saysNothing({ outcome }: TrialRecord): boolean {
  return outcome?.state === 'failed' && (outcome.cause === 'lost' || outcome.cause === 'killed')
}

function scoresOf(trial: TrialRecord, { directions, metrics }: Aims): Scores {
  const { outcome } = trial
  const curve = partialCurve(trial, metrics?.[0], directions[0] ?? 'minimize')
  if (outcome?.state === 'pruned' || trial.state === 'paused') {
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
  if (violation === 0) return { ending: GOOD_ENOUGH, losses, curve }
  return Number.isFinite(violation) ? { ending: INFEASIBLE, losses: [violation] } : { ending: FAILED, losses: [] }
}
