import { activeTrials } from '../journal/state.js'
import type { StoppingRule } from './stopping-rule.js'

/** The trials or the time of the budget are used up, and nothing runs any more; paused trials may be left. */
export const spent: StoppingRule = (state) => {
  const { spec, trials, busyMilliseconds } = state
  const { budget } = spec ?? {}
  if (!budget || activeTrials(state).length > 0) return undefined
  if (budget.trials !== undefined && trials.length >= budget.trials) {
    return budget.trials === 1 ? '1 trial done' : `${budget.trials} trials done`
  }
  if (budget.seconds !== undefined && busyMilliseconds >= budget.seconds * 1000) {
    return `time budget of ${budget.seconds} s spent`
  }
  return undefined
}
