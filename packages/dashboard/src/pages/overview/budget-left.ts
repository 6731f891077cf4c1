import type { StudyState } from '@parzen/core'

/** One limit of the budget, and how much of it is used. */
export interface Limit {
  readonly kind: 'trials' | 'time' | 'patience' | 'target' | 'gain'
  /** In [0, 1]; undefined where a share would mean nothing. */
  readonly used: number | undefined
  /** In trials, milliseconds, or units of the objective. */
  readonly spent: number | undefined
  readonly of: number
}

export function limitsOf({ spec, trials, finished, busyMilliseconds, best }: StudyState): Limit[] {
  const { budget = {}, objectives = [] } = spec ?? {}
  const limits: Limit[] = []
  const add = (kind: Limit['kind'], spent: number | undefined, of: number, isShare = true) =>
    limits.push({
      kind,
      spent,
      of,
      used: isShare && spent !== undefined ? Math.min(1, Math.max(0, spent / of)) : undefined,
    })
  if (budget.trials !== undefined) add('trials', trials.length, budget.trials)
  if (budget.seconds !== undefined) add('time', busyMilliseconds, budget.seconds * 1000)
  if (budget.patience !== undefined && objectives.length === 1)
    add('patience', finished.length - 1 - (best?.index ?? -1), budget.patience)
  if (budget.target !== undefined && objectives.length === 1) add('target', best?.value, budget.target, false)
  if (budget.gain !== undefined) add('gain', undefined, budget.gain, false)
  return limits
}

/** The pace of the latest trials says more than that of the first ones. */
const LATEST = 30

/**
 * How long it still takes at the pace of the latest trials, in milliseconds, until the trials or the time of the budget are spent,
 * whichever comes first; undefined where nothing tells. Patience, target and gain may end it earlier.
 */
export function timeLeft({ spec, trials, finished, running, busyMilliseconds }: StudyState): number | undefined {
  const { budget = {} } = spec ?? {}
  const left: number[] = []
  if (budget.seconds !== undefined) left.push(Math.max(0, budget.seconds * 1000 - busyMilliseconds))
  const latest = finished.slice(-LATEST)
  const [first, last] = [latest[0], latest.at(-1)]
  if (budget.trials !== undefined && first && last) {
    const open = Math.max(0, budget.trials - trials.length) + running.size
    // between ends, so that pauses before the latest do not count; a single one has only its own length
    const pace =
      latest.length > 1
        ? ((last.finishedAt ?? 0) - (first.finishedAt ?? 0)) / (latest.length - 1)
        : (last.finishedAt ?? 0) - last.startedAt
    left.push(open * Math.max(0, pace))
  }
  return left.length === 0 ? undefined : Math.min(...left)
}
