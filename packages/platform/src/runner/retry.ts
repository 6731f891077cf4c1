import type { Cause, TrialRecord } from '@parzen/core'

/** Failures the machine is to blame for; the sampler never hears of them. */
const INFRASTRUCTURE: readonly Cause[] = ['lost']
const INFRASTRUCTURE_RETRIES = 3
const FIRST_PAUSE_SECONDS = 1
const LONGEST_PAUSE_SECONDS = 300

export interface Retry {
  readonly fault: 'user' | 'infrastructure'
  /** Epoch milliseconds. */
  readonly notBefore?: number
}

/**
 * Whether a trial whose attempt has failed gets another one, by what its cause has left.
 *
 * `retries` left out: 3 for attempts that were lost, with a pause that doubles, none for the rest. Attempts ended by
 * Ctrl-C (cause `killed`, fault `infrastructure`) do not count.
 */
export function decideRetry(
  trial: TrialRecord,
  cause: Cause,
  retries: { readonly [C in Cause]?: number },
  now: number,
): Retry | undefined {
  // somebody wanted it to end
  if (trial.stopRequestedBy !== undefined) return undefined
  const fault = INFRASTRUCTURE.includes(cause) ? 'infrastructure' : 'user'
  const budget = retries[cause] ?? (fault === 'infrastructure' ? INFRASTRUCTURE_RETRIES : 0)
  const used = trial.attempts.filter((attempt) => attempt.cause === cause && attempt.fault === fault).length
  if (used >= budget) return undefined
  if (fault === 'user') return { fault }
  const pause = Math.min(FIRST_PAUSE_SECONDS * 2 ** used, LONGEST_PAUSE_SECONDS)
  return { fault, notBefore: now + pause * 1000 }
}
