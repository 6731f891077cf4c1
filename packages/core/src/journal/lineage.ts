import type { Json } from './event.js'
import type { TrialRecord } from './state.js'

/** What sampler `pbt` notes, as memo, of a trial that takes the place of another. */
export interface Lineage {
  /** The trial that ended, whose place in the population this one takes. */
  readonly replaces: number
  /** The trial whose checkpoint it goes on from; without it begins anew. */
  readonly parent?: number
  /** The step that trial had reported last. */
  readonly step?: number
}

/** @returns undefined for a trial that is not in somebody's place. */
export function lineageOf({ memo }: { readonly memo?: Json }): Lineage | undefined {
  const isLineage = typeof memo === 'object' && memo !== null && !Array.isArray(memo) && 'replaces' in memo
  return isLineage ? (memo as unknown as Lineage) : undefined
}

/** The trial whose checkpoints a trial began with, if it is a fork. */
export function parentOf(trial: Pick<TrialRecord, 'memo'>): number | undefined {
  return lineageOf(trial)?.parent
}

/** Steps that one trial was trained for, as part of the training that a trial is the end of. */
export interface Segment {
  readonly trial: number
  /** Where it began: the end of the segment before; of the first 0, or the first step reported if that is below 0. */
  readonly from: number
  /** The last step reported that belongs to it. A step belongs to the first segment whose `to` is not below it. */
  readonly to: number
}

/**
 * The training that a trial is the end of, the oldest first: of a fork, what its parent had been trained for, before that the parent's
 * parent …, then its own steps; of any other trial these alone. Without any reported step it is empty.
 *
 * A parent trains on between the suggestion of a fork and the copy of its checkpoints, and a checkpoint may be older than the last report. So
 * what a fork reports first decides: its parent counts for the steps before. A fork that found no checkpoint, and began anew, thus inherits
 * nothing. Before its first report it is the step that the suggestion names.
 *
 * O(reports of all of them).
 */
export function segmentsOf(trials: readonly Forked[], trial: Forked): readonly Segment[] {
  const found: { readonly trial: number; readonly first: number; readonly to: number }[] = []
  // steps below one and up to the other count for those that come before
  let [below, upTo] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]
  for (let one: Forked | undefined = trial; one; ) {
    let [first, to] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
    // a plain loop: this goes through the reports of every ancestor of every fork of a study
    for (const { step } of one.reports) {
      if (step >= below || step > upTo) continue
      if (step < first) first = step
      if (step > to) to = step
    }
    const lineage = lineageOf(one)
    if (first <= to) {
      found.push({ trial: one.number, first, to })
      below = first
    } else upTo = Math.min(upTo, lineage?.step ?? upTo)
    // a parent has been started before its fork: a journal that says otherwise leads nowhere
    one = lineage?.parent !== undefined && lineage.parent < one.number ? trials[lineage.parent] : undefined
  }
  found.reverse()
  return found.map(({ trial: number, first, to }, i) => ({
    trial: number,
    from: found[i - 1]?.to ?? Math.min(0, first),
    to,
  }))
}

/** What of a trial says where it comes from and how far it got. */
export type Forked = Pick<TrialRecord, 'number' | 'memo' | 'reports'>

/** One metric by step. */
export interface Points {
  readonly steps: readonly number[]
  /** Epoch milliseconds. */
  readonly at: readonly number[]
  readonly values: readonly number[]
}

/** What one trial has of a curve that several have made. */
export interface CurvePart extends Points {
  readonly trial: number
}

/**
 * One curve along segments: of each trial's own curve what lies within its segment; parts without a point are left out.
 *
 * @param curveOf a trial's whole curve, steps ascending
 */
export function curveAlong(
  segments: readonly Segment[],
  curveOf: (trial: number) => Points | undefined,
): readonly CurvePart[] {
  return segments.flatMap(({ trial, from, to }, i) => {
    const curve = curveOf(trial)
    if (!curve) return []
    const begin = i === 0 ? 0 : countUpTo(curve.steps, from)
    const end = countUpTo(curve.steps, to)
    const part = (all: readonly number[]) => all.slice(begin, end)
    return begin < end ? [{ trial, steps: part(curve.steps), at: part(curve.at), values: part(curve.values) }] : []
  })
}

function countUpTo(steps: readonly number[], to: number): number {
  const after = steps.findIndex((step) => step > to)
  return after === -1 ? steps.length : after
}
