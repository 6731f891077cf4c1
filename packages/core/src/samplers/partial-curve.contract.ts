import type { TrialRecord } from '../journal/state.js'

/** For tests: a trial that reported these losses at steps 1, 2, …, and is complete with the last one, stopped, or may go on. */
export function reporting(
  number: number,
  losses: readonly (number | 'NaN')[],
  state: 'complete' | 'pruned' | 'paused',
): TrialRecord {
  const reports = losses.map((loss, i) => ({ at: 0, step: i + 1, attempt: 1, metrics: { loss, other: 7 } }))
  const record = { number, params: { x: number / 100 }, seen: 0, worker: '', startedAt: 0, reports, attempts: [] }
  if (state === 'complete') return { ...record, state, outcome: { state, values: [Number(losses.at(-1))] } }
  if (state === 'pruned') return { ...record, state, outcome: { state, reason: '' } }
  return { ...record, state }
}
