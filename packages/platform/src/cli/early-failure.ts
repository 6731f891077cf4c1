import type { Cause, StudyState } from '@parzen/core'
import { attemptFolder } from '../stores/folders.js'
import { count } from './format/number.js'
import { plain } from './format/width.js'
import { shortPath } from './open.js'
import { lastLines } from './trial-logs.js'

export interface EarlyFailure {
  readonly count: number
  readonly cause: Cause
  /** The first of them, and its last attempt. */
  readonly trial: number
  readonly attempt: number
  readonly message: string
}

/** So many failures before anything else is no bad luck. */
export const MANY = 3

/** What the trials have in common if none of them did anything but fail, all in the same way. */
export function earlyFailure(state: Pick<StudyState, 'finished'>): EarlyFailure | undefined {
  const [first] = state.finished
  if (first?.outcome?.state !== 'failed') return undefined
  const { cause, message } = first.outcome
  const isSame = state.finished.every(({ outcome }) => outcome?.state === 'failed' && outcome.cause === cause)
  if (!isSame) return undefined
  return { count: state.finished.length, cause, trial: first.number, attempt: first.attempts.length, message }
}

/** What happened, what the trial said last, and where it is said. */
export function describeEarlyFailure(failure: EarlyFailure, root: string, study: string): string[] {
  const folder = attemptFolder(root, study, failure)
  const isOne = failure.count === 1
  const said = ['stderr.log', 'stdout.log'].map((log) => ({ log, lines: lastLines(`${folder}/${log}`, 5) }))
  const { log, lines } = said.find((one) => one.lines.length > 0) ?? { log: '{stdout,stderr}.log', lines: [] }
  return [
    `${isOne ? 'the only trial' : `all ${count(failure.count, 'trial')} so far`} failed: ${failure.cause}, ${plain(failure.message)}`,
    ...(lines.length === 0 ? ['  (it printed nothing)'] : lines.map((line) => `  | ${line}`)),
    `  log of trial ${failure.trial}: ${shortPath(folder)}/${log}`,
  ]
}
