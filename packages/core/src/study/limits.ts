import type { StudyState } from '../journal/state.js'
import { best } from './best.js'

/** Whether the budget and the state of the study let another trial start. */
export function mayStart(state: Readonly<StudyState>): boolean {
  if (!state.spec || state.ended !== undefined || state.stop) return false
  const { trials, seconds } = state.spec.budget
  if (trials !== undefined && state.trials.length >= trials) return false
  return seconds === undefined || state.busyMilliseconds < seconds * 1000
}

/** Why the study is over, for people; undefined while it is not. */
export function endReason(state: Readonly<StudyState>): string | undefined {
  if (!state.spec) return undefined
  const { budget, objectives } = state.spec
  const single = objectives.length === 1
  if (budget.target !== undefined && single) {
    const value = best(state)?.value
    const minimize = objectives[0]?.direction === 'minimize'
    if (value !== undefined && (minimize ? value <= budget.target : value >= budget.target)) {
      return `target ${budget.target} reached`
    }
  }
  if (budget.patience !== undefined && single) {
    const stale = state.finished.length - 1 - (best(state)?.index ?? -1)
    if (stale >= budget.patience) return `no better trial among the last ${stale}`
  }
  if (state.running.size > 0) return undefined
  if (budget.trials !== undefined && state.trials.length >= budget.trials) {
    return budget.trials === 1 ? '1 trial done' : `${budget.trials} trials done`
  }
  if (budget.seconds !== undefined && state.busyMilliseconds >= budget.seconds * 1000) {
    return `time budget of ${budget.seconds} s spent`
  }
  return undefined
}
