import { type StudySpec, type StudyState, type TrialRow, trialRow } from '@parzen/core'

const kept = new WeakMap<object, TrialRow>()

/** Rows as all pages show them; made once for each record, which the fold never changes in place once a trial has finished. */
export function rowsOf({ spec, trials }: StudyState): TrialRow[] {
  if (!spec) return []
  return trials.map((record) => {
    if (record.finishedAt === undefined) return trialRow(spec, record)
    let row = kept.get(record)
    if (!row) {
      row = withValues(spec, trialRow(spec, record))
      kept.set(record, row)
    }
    return row
  })
}

/** What a snapshot leaves out with the reports, but the result has: the objectives among the metrics. */
function withValues(spec: StudySpec, row: TrialRow): TrialRow {
  if (!row.values) return row
  const { values } = row
  return {
    ...row,
    metrics: {
      ...row.metrics,
      ...Object.fromEntries(spec.objectives.map(({ metric }, i) => [metric, values[i] as number])),
    },
  }
}
