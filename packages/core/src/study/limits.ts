import type { StudyState } from '../journal/state.js'
import { gain } from '../stopping/gain.js'
import { patience } from '../stopping/patience.js'
import { spent } from '../stopping/spent.js'
import type { StoppingRule } from '../stopping/stopping-rule.js'
import { target } from '../stopping/target.js'

/** The first that has a reason gives it: a reached target says more than a spent budget. */
const goals: readonly StoppingRule[] = [target, patience, gain]

/** Whether the budget and the state of the study let another trial start. */
export function mayStart(state: Readonly<StudyState>): boolean {
  if (!state.spec || state.ended !== undefined || state.stop) return false
  const { trials, seconds } = state.spec.budget
  if (trials !== undefined && state.trials.length >= trials) return false
  return seconds === undefined || state.busyMilliseconds < seconds * 1000
}

/** Why the study is over, for people; undefined while it is not. @param goesOn a paused trial would go on, whatever was spent. */
export function endReason(state: Readonly<StudyState>, goesOn = false): string | undefined {
  if (!state.spec) return undefined
  for (const rule of goals) {
    const reason = rule(state)
    if (reason !== undefined) return reason
  }
  return goesOn ? undefined : spent(state)
}
