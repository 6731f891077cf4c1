import type { Direction } from '../journal/event.js'
import type { TrialRecord } from '../journal/state.js'

/** What a trial reported of an objective, as losses by step; of several values at a step the last. */
export type PartialCurve = ReadonlyMap<number, number>

/** @returns undefined if it reported nothing of the metric that is a number. */
export function partialCurve(
  trial: TrialRecord,
  metric: string | undefined,
  direction: Direction,
): PartialCurve | undefined {
  if (metric === undefined || trial.reports.length === 0) return undefined
  const curve = new Map<number, number>()
  for (const { step, metrics } of trial.reports) {
    const value = Number(metrics[metric] ?? Number.NaN)
    if (Number.isFinite(value)) curve.set(step, direction === 'maximize' ? -value : value)
  }
  return curve.size === 0 ? undefined : curve
}

/** The last step, and the loss there. */
export function lastOf(curve: PartialCurve): { readonly step: number; readonly loss: number } {
  const step = Math.max(...curve.keys())
  return { step, loss: curve.get(step) as number }
}
