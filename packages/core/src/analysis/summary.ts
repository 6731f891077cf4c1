import { isFeasible } from '../journal/constraint.js'
import type { Cause, Direction, StudySpec } from '../journal/event.js'
import { activeTrials, type StudyState } from '../journal/state.js'

/**
 * - `open`: nothing runs, more may be started; `interrupted`: trials wait to be continued by the next run;
 * - `running`: trials were launched and have not ended; `stopping`: they are the last;
 * - `stopped`: by a person, `run` goes on; `ended`: the budget is spent or a goal is reached.
 */
export type StudyProgress = 'open' | 'running' | 'stopping' | 'interrupted' | 'stopped' | 'ended'

/** What `list --json` and `show --json` print of a study: these keys are part of the interface. */
export interface StudySummary {
  readonly study: string
  /** Who made it; null if nobody said. */
  readonly owner: string | null
  readonly state: StudyProgress
  /** Why it ended. */
  readonly reason: string | null
  readonly metric: string
  readonly direction: Direction
  readonly sampler: string
  /** Trials started. */
  readonly trials: number
  /** Trials of the budget; null if it has no such limit. */
  readonly total: number | null
  /** Trials that have ended, in whatever way. */
  readonly finished: number
  readonly complete: number
  /** Of the complete ones those that break a constraint. */
  readonly infeasible: number
  readonly pruned: number
  readonly failed: number
  readonly running: number
  /** Stopped by the pruner for now; the best of them may go on. */
  readonly paused: number
  /** Asked for by `enqueue` and not started. */
  readonly queued: number
  readonly failures: { readonly [C in Cause]?: number }
  readonly best: { readonly number: number; readonly value: number } | null
  /** Epoch milliseconds. */
  readonly createdAt: number
  readonly updatedAt: number
  /** Milliseconds in which at least one trial ran. */
  readonly busyMilliseconds: number
}

export function summarize(state: Readonly<StudyState>): StudySummary {
  const spec = state.spec as StudySpec
  const active = activeTrials(state)
  const counts = { complete: 0, infeasible: 0, pruned: 0, failed: 0 }
  const failures: { [C in Cause]?: number } = {}
  for (const { outcome } of state.finished) {
    if (!outcome) continue
    counts[outcome.state]++
    if (outcome.state === 'complete' && !isFeasible(outcome)) counts.infeasible++
    if (outcome.state === 'failed') failures[outcome.cause] = (failures[outcome.cause] ?? 0) + 1
  }
  return {
    study: spec.name,
    owner: state.owner ?? null,
    state: stateOf(state),
    reason: state.ended ?? null,
    metric: spec.objectives[0]?.metric ?? 'value',
    direction: spec.objectives[0]?.direction ?? 'minimize',
    sampler: spec.sampler.name,
    trials: state.trials.length,
    total: spec.budget.trials ?? null,
    finished: state.finished.length,
    ...counts,
    running: active.length,
    paused: state.running.size - active.length,
    queued: state.queue.length - state.queueTaken,
    failures,
    best: state.best ? { number: state.best.trial.number, value: state.best.value } : null,
    createdAt: state.createdAt,
    updatedAt: state.lastEventAt,
    busyMilliseconds: state.busyMilliseconds,
  }
}

function stateOf(state: Readonly<StudyState>): StudyProgress {
  const launched = [...state.running.values()].some((trial) => trial.state === 'running')
  if (launched) return state.stop || state.ended !== undefined ? 'stopping' : 'running'
  if (state.ended !== undefined) return 'ended'
  if (state.stop) return 'stopped'
  return activeTrials(state).length > 0 ? 'interrupted' : 'open'
}

/** `93 complete (7 infeasible), 4 pruned, 3 failed (2 exit, 1 timeout)`; what did not happen is left out. */
export function describeCounts(
  summary: Pick<StudySummary, 'complete' | 'infeasible' | 'pruned' | 'failed' | 'failures'>,
): string {
  const parts = [`${summary.complete} complete${summary.infeasible > 0 ? ` (${summary.infeasible} infeasible)` : ''}`]
  if (summary.pruned > 0) parts.push(`${summary.pruned} pruned`)
  if (summary.failed > 0) parts.push(`${summary.failed} failed (${describeFailures(summary.failures)})`)
  return parts.join(', ')
}

/** `2 exit, 1 timeout`, the most frequent first. */
export function describeFailures(failures: StudySummary['failures']): string {
  return Object.entries(failures)
    .sort(([, a], [, b]) => b - a)
    .map(([cause, n]) => `${n} ${cause}`)
    .join(', ')
}
