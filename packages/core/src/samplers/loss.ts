import { ParzenError } from '../error.js'
import { isFeasible } from '../journal/constraint.js'
import type { Direction } from '../journal/event.js'
import type { TrialRecord } from '../journal/state.js'
import type { Params } from '../space/distribution.js'

/** A trial to a sampler with one objective: lower is better. */
export interface Scored {
  readonly number: number
  readonly loss: number
  readonly params: Params
}

/** The value of a trial, to be minimised; +Infinity for whatever has none: failed, pruned, infeasible, running, NaN, infinite. */
export function lossOf(trial: TrialRecord, direction: Direction): number {
  const { outcome } = trial
  if (!isFeasible(outcome)) return Infinity
  const value = outcome.values[0]
  if (value === undefined || !Number.isFinite(value)) return Infinity
  return direction === 'maximize' ? -value : value
}

/** The direction of a study with one objective. @throws ParzenError `sampler/objectives` if it has several. */
export function onlyDirection(sampler: string, directions: readonly Direction[]): Direction {
  const [direction] = directions
  if (direction === undefined || directions.length > 1) {
    throw new ParzenError(
      'sampler/objectives',
      `sampler ${sampler}: expected one objective, got ${directions.length}`,
      {
        path: ['sampler'],
        hint: 'tpe, gp, nsga2, random, grid and qmc take several',
      },
    )
  }
  return direction
}

export interface Ranking {
  add(finished: readonly TrialRecord[]): void
  /** Finished and running trials from the lowest loss up, of equal ones the lower number first. O(running · trials). */
  with(running: readonly TrialRecord[]): readonly Scored[]
}

export function ranking(direction: Direction): Ranking {
  const ranked: Scored[] = []
  const scored = (trial: TrialRecord): Scored => ({
    number: trial.number,
    loss: lossOf(trial, direction),
    params: trial.params,
  })
  return {
    add(finished) {
      for (const trial of finished) insert(ranked, scored(trial))
    },
    with(running) {
      if (running.length === 0) return ranked
      const all = [...ranked]
      for (const trial of running) insert(all, scored(trial))
      return all
    },
  }
}

function insert(ranked: Scored[], trial: Scored): void {
  let low = 0
  let high = ranked.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const other = ranked[middle] as Scored
    if (other.loss < trial.loss || (other.loss === trial.loss && other.number < trial.number)) low = middle + 1
    else high = middle
  }
  ranked.splice(low, 0, trial)
}
