import { ParzenError } from '../error.js'
import type { Outcome, StudySpec } from '../journal/event.js'

/**
 * NaN and infinities are no result: such a trial has failed.
 * @throws ParzenError `tell/values` if the values are not one for each objective.
 */
export function asFinite(outcome: Outcome, spec: StudySpec | undefined): Outcome {
  if (outcome.state !== 'complete') return outcome
  const wanted = spec?.objectives.length ?? 1
  if (outcome.values.length !== wanted) {
    throw new ParzenError('tell/values', `tell: expected ${wanted} value(s), got ${outcome.values.length}`)
  }
  const bad = [...outcome.values, ...(outcome.constraints ?? [])].find((value) => !Number.isFinite(value))
  return bad === undefined ? outcome : { state: 'failed', cause: 'nan', message: `the result was ${String(bad)}` }
}
