import { isFeasible } from '../journal/constraint.js'
import type { Cause, Report } from '../journal/event.js'
import { parentOf } from '../journal/lineage.js'
import type { Attempt, Judged, StudyState, TrialRecord, TrialReport, TrialState } from '../journal/state.js'
import type { Choice } from '../space/distribution.js'
import { type Nested, nest } from '../space/nest.js'

/** One trial as `export --format jsonl`, `show --trial --json` and `best --json` print it: part of the interface. */
export interface TrialRow {
  readonly number: number
  readonly state: TrialState
  /** By dotted name; only the active ones. */
  readonly params: { readonly [name: string]: Choice }
  /** The same, as the sweep file nests them. */
  readonly nested: { readonly [name: string]: Nested }
  /** One an objective; null unless the trial is complete. */
  readonly values: readonly number[] | null
  /** Whether it keeps the study's constraints; null unless the trial is complete. */
  readonly feasible: boolean | null
  /** The last value of each metric. */
  readonly metrics: Report['metrics']
  readonly attempts: readonly AttemptRow[]
  readonly startedAt: number
  readonly finishedAt: number | null
  /** The trial whose checkpoints it began with, in population-based training. */
  readonly parent: number | null
  /** What the pruner said of it, if it was not just to go on. */
  readonly judged: Judged | null
  /** Of a failed trial. */
  readonly cause: Cause | null
  /** Why it failed or was pruned. */
  readonly message: string | null
  /** What people keep beside it. */
  readonly tags: readonly string[]
  readonly note: string
  readonly pinned: boolean
}

export interface AttemptRow {
  readonly number: number
  readonly launchedAt: number | null
  readonly endedAt: number | null
  /** Why it ended without deciding the trial. */
  readonly cause: Cause | null
}

/** @param state of the study the trial is of, which has been created. */
export function trialRow({ spec, trialNotes }: Pick<StudyState, 'spec' | 'trialNotes'>, trial: TrialRecord): TrialRow {
  const { outcome } = trial
  const { tags = [], note = '', pinned = false } = trialNotes[trial.number] ?? {}
  return {
    number: trial.number,
    state: trial.state,
    params: trial.params,
    nested: nest(spec?.space ?? {}, trial.params),
    values: outcome?.state === 'complete' ? outcome.values : null,
    feasible: outcome?.state === 'complete' ? isFeasible(outcome) : null,
    metrics: lastMetrics(trial.reports),
    attempts: trial.attempts.map(attemptRow),
    startedAt: trial.startedAt,
    finishedAt: trial.finishedAt ?? null,
    parent: parentOf(trial) ?? null,
    judged: trial.judged ?? null,
    cause: outcome?.state === 'failed' ? outcome.cause : null,
    message: outcome?.state === 'failed' ? outcome.message : outcome?.state === 'pruned' ? outcome.reason : null,
    tags,
    note,
    pinned,
  }
}

function attemptRow({ number, launchedAt, endedAt, cause }: Attempt): AttemptRow {
  return { number, launchedAt: launchedAt ?? null, endedAt: endedAt ?? null, cause: cause ?? null }
}

/** The value each metric had last in the last attempt that reported; the greatest step wins if several reports give one. */
export function lastMetrics(reports: readonly TrialReport[]): Report['metrics'] {
  const last: Record<string, Report['metrics'][string]> = {}
  const steps: Record<string, number> = {}
  const final = reports.at(-1)?.attempt
  for (const { attempt, step, metrics } of reports) {
    if (attempt !== final) continue
    for (const [name, value] of Object.entries(metrics)) {
      if (step < (steps[name] ?? Number.NEGATIVE_INFINITY)) continue
      last[name] = value
      steps[name] = step
    }
  }
  return last
}
