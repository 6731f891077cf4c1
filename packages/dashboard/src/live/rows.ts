import {
  keptBy,
  type StudySpec,
  type StudyState,
  type TrialNote,
  type TrialRecord,
  type TrialRow,
  trialRow,
} from '@parzen/core'

const kept = new WeakMap<object, { readonly row: TrialRow; readonly note: TrialNote | undefined }>()

/** Rows as all pages show them; made once for each record and note, which the fold never changes in place once a trial has finished. */
export function rowsOf(state: StudyState): TrialRow[] {
  const { spec, trials, trialNotes } = state
  if (!spec) return []
  return trials.map((record) => {
    if (record.finishedAt === undefined) return trialRow(state, record)
    const note = trialNotes[record.number]
    const before = kept.get(record)
    if (before && before.note === note) return before.row
    const row = withValues(spec, trialRow(state, record), record.outcome)
    kept.set(record, { row, note })
    return row
  })
}

/** What a snapshot leaves out with the reports, but the result has: objectives and what is constrained, among the metrics. */
function withValues(spec: StudySpec, row: TrialRow, outcome: TrialRecord['outcome']): TrialRow {
  if (!row.values) return row
  const { values } = row
  return {
    ...row,
    metrics: {
      ...row.metrics,
      ...Object.fromEntries(
        spec.constraints
          ? keptBy(outcome, spec.constraints).map(({ constraint, value }) => [constraint.metric, value])
          : [],
      ),
      ...Object.fromEntries(spec.objectives.map(({ metric }, i) => [metric, values[i] as number])),
    },
  }
}
