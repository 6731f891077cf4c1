import type { StoppingRule } from './stopping-rule.js'

/** The trials or the time of the budget are used up, and nothing runs any more. */
export const spent: StoppingRule = ({ spec, running, trials, busyMilliseconds }) => {
  const { budget } = spec ?? {}
  if (!budget || running.size > 0) return undefined
  if (budget.trials !== undefined && trials.length >= budget.trials) {
    return budget.trials === 1 ? '1 trial done' : `${budget.trials} trials done`
  }
  if (budget.seconds !== undefined && busyMilliseconds >= budget.seconds * 1000) {
    return `time budget of ${budget.seconds} s spent`
  }
  return undefined
}
