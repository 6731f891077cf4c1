import { type Forked, type Segment, segmentsOf } from '../journal/lineage.js'
import type { TrialRecord } from '../journal/state.js'
import type { Params } from '../space/distribution.js'

/** The parameters that trained what a trial ended with, as they changed: what one takes home of population-based training. */
export interface Schedule {
  readonly trial: number
  /** Names of the parameters that are not the same in all pieces. */
  readonly changing: readonly string[]
  /** In order, each from where the one before ends; one alone for a trial that is no fork. */
  readonly pieces: readonly SchedulePiece[]
}

/** Constant parameters, after step `from` up to step `to`. */
export interface SchedulePiece extends Segment {
  readonly params: Params
}

type WithParams = Forked & Pick<TrialRecord, 'params'>

export function scheduleOf(trials: readonly WithParams[], trial: WithParams): Schedule {
  const pieces = segmentsOf(trials, trial).map((segment) => ({
    ...segment,
    params: trials[segment.trial]?.params ?? {},
  }))
  const names = [...new Set(pieces.flatMap(({ params }) => Object.keys(params)))]
  const changing = names.filter((name) => pieces.some(({ params }) => params[name] !== pieces[0]?.params[name]))
  return { trial: trial.number, changing, pieces }
}
