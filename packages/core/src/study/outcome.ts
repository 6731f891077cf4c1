import { lastMetrics } from '../analysis/trial-row.js'
import { ParzenError } from '../error.js'
import { excess, formatConstraint } from '../journal/constraint.js'
import type { Outcome, StudySpec } from '../journal/event.js'
import type { TrialReport } from '../journal/state.js'

/**
 * An outcome as the journal has it: NaN and infinities are no result, such a trial has failed; what the study constrains is
 * looked up in the reports if the outcome does not say it.
 *
 * @param reports of the trial.
 * @throws ParzenError `tell/values` if the values are not one for each objective, or constraints are told that are not one
 * for each of the study's.
 */
export function settled(outcome: Outcome, spec: StudySpec | undefined, reports: () => readonly TrialReport[]): Outcome {
  if (outcome.state !== 'complete') return outcome
  const wanted = spec?.objectives.length ?? 1
  if (outcome.values.length !== wanted) {
    throw new ParzenError('tell/values', `tell: expected ${wanted} value(s), got ${outcome.values.length}`)
  }
  const bad = [...outcome.values, ...(outcome.constraints ?? [])].find((value) => !Number.isFinite(value))
  if (bad !== undefined) return { state: 'failed', cause: 'nan', message: `the result was ${String(bad)}` }
  return spec?.constraints ? constrained(outcome, spec.constraints, reports) : outcome
}

function constrained(
  outcome: Extract<Outcome, { readonly state: 'complete' }>,
  constraints: NonNullable<StudySpec['constraints']>,
  reports: () => readonly TrialReport[],
): Outcome {
  const told = outcome.constraints
  if (told) {
    if (told.length === constraints.length) return outcome
    throw new ParzenError('tell/values', `tell: expected ${constraints.length} constraint(s), got ${told.length}`)
  }
  const last = lastMetrics(reports())
  const bad = constraints.find(({ metric }) => !Number.isFinite(Number(last[metric] ?? Number.NaN)))
  if (bad) {
    const what = last[bad.metric] === undefined ? 'was never reported' : `was ${last[bad.metric]}`
    return { state: 'failed', cause: 'nan', message: `metric ${bad.metric} ${what}; wanted: ${formatConstraint(bad)}` }
  }
  return { ...outcome, constraints: constraints.map((one) => excess(one, Number(last[one.metric]))) }
}
