import { isFeasible } from '../journal/constraint.js'
import type { StudyState, TrialRecord } from '../journal/state.js'
import { stillApplying } from '../journal/still-applies.js'
import type { Params } from '../space/distribution.js'

/** A complete and feasible trial with finite values, in the order of finishing. */
export interface Observation {
  readonly trial: number
  readonly params: Params
  /** As reported. */
  readonly values: readonly number[]
  /** The values turned so that lower is better. */
  readonly losses: readonly number[]
}

/** Of trials that still apply to the present space. Pruned, failed and infeasible trials have no value to compare and are left out. */
export function observations(state: Pick<StudyState, 'finished' | 'spec' | 'spaceSince'>): Observation[] {
  const signs = (state.spec?.objectives ?? []).map(({ direction }) => (direction === 'maximize' ? -1 : 1))
  return stillApplying(state, state.finished).flatMap((trial) => observed(trial, signs) ?? [])
}

function observed({ number, params, outcome }: TrialRecord, signs: readonly number[]): Observation | undefined {
  if (!isFeasible(outcome)) return undefined
  const { values } = outcome
  if (values.length < signs.length || !values.every(Number.isFinite)) return undefined
  return { trial: number, params, values, losses: signs.map((sign, i) => sign * (values[i] as number)) }
}
