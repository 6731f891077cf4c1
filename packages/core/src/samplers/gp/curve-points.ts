import type { TrialRecord } from '../../journal/state.js'
import { lastOf, partialCurve } from '../partial-curve.js'
import type { Problem } from '../sampler.js'
import type { Place } from './history.js'

/** What a trial was seen to be worth at one point of its training. */
export interface CurvePoint {
  readonly trial: number
  readonly place: Place
  /** 0: the end; rung k is at a share of 1 / 3^k of a training. */
  readonly rung: number
  /** How far the training had got, from 0 to 1, on a logarithmic scale: the first feature of the model of curves. */
  readonly progress: number
  /** To be minimised. */
  readonly loss: number
}

/** Beginnings say something from a ninth of a training on, where `asha` judges first (bench/README.md). */
const RUNGS = 2
const RATIO = 3
/** Progress 0: an 81st of a training. */
const DECADES = Math.log(81)
/** Of all that is no end, so that no beginning is taken for one. */
const MOST_PROGRESS = 0.98

/**
 * The points of a trial's curve the model learns from, the earliest first: where it stood after a ninth and a third of a training and at
 * its end; of one that did not get to a ninth, where it stood last.
 *
 * @param end last step of a training.
 */
export function curvePoints(
  trial: TrialRecord,
  place: Place,
  { directions, metrics }: Pick<Problem, 'directions' | 'metrics'>,
  end: number,
): CurvePoint[] {
  const [direction = 'minimize'] = directions
  const curve = partialCurve(trial, metrics?.[0], direction)
  const points: CurvePoint[] = []
  const add = (rung: number, step: number, loss: number) => {
    const progress = rung === 0 ? 1 : Math.min(MOST_PROGRESS, Math.max(0, 1 + Math.log(step / end) / DECADES))
    points.push({ trial: trial.number, place, rung, progress, loss })
  }
  const value = trial.outcome?.state === 'complete' ? trial.outcome.values[0] : undefined
  const isComplete = value !== undefined && Number.isFinite(value)
  if (curve) {
    const last = lastOf(curve)
    for (let rung = RUNGS; rung >= 1; rung--) {
      const at = end / RATIO ** rung
      const step = last.step < at ? undefined : lastUpTo(curve.keys(), at)
      if (step !== undefined) add(rung, at, curve.get(step) as number)
    }
    if (!isComplete && points.length === 0 && last.step > 0) add(RUNGS, last.step, last.loss)
  }
  if (isComplete) add(0, end, direction === 'maximize' ? -value : value)
  return points
}

function lastUpTo(steps: Iterable<number>, at: number): number | undefined {
  let last: number | undefined
  for (const step of steps) if (step <= at && (last === undefined || step > last)) last = step
  return last
}

/** What is to be known of two rungs before they are compared. */
const FEWEST_PAIRS = 3
/** So many pairs count as much as the belief that the losses of two rungs are equally far apart. */
const EQUAL_SPREAD = 6
const MOST_STRETCH = 10

/**
 * The losses of all points on the scale of ends, by trials that were seen at two rungs: their median goes to their median, and a distance from it to
 * one as much longer or shorter as theirs are. Only what has got further is compared, so that the good ones, which are all that get there, are not
 * taken for typical.
 */
export function alignedLosses(points: readonly CurvePoint[]): Float64Array {
  const byTrial = new Map<number, Map<number, number>>()
  for (const { trial, rung, loss } of points) {
    const losses = byTrial.get(trial) ?? new Map<number, number>()
    byTrial.set(trial, losses.set(rung, loss))
  }
  /** Of each rung: aligned = shift + stretch · loss. */
  const lines = [{ shift: 0, stretch: 1 }]
  for (let rung = 1; rung <= RUNGS; rung++) {
    const further = Array.from({ length: rung }, (_, k) => rung - 1 - k)
    const pairs = (to: number) =>
      [...byTrial.values()].flatMap((losses) => {
        const [before, after] = [losses.get(rung), losses.get(to)]
        return before === undefined || after === undefined ? [] : [{ before, after }]
      })
    const to = further.find((one) => pairs(one).length >= FEWEST_PAIRS) ?? 0
    lines.push(through(pairs(to), lines[to]!, lines[rung - 1]!))
  }
  return Float64Array.from(points, ({ rung, loss }) => lines[rung]!.shift + lines[rung]!.stretch * loss)
}

interface Line {
  readonly shift: number
  readonly stretch: number
}

/** @param on the line of the rung that pairs lead to. @param otherwise where there are none. */
function through(pairs: readonly { before: number; after: number }[], on: Line, otherwise: Line): Line {
  if (pairs.length === 0) return otherwise
  const before = spreadOf(pairs.map((pair) => pair.before))
  const after = spreadOf(pairs.map((pair) => pair.after))
  const ratio = before.size > 0 && after.size > 0 ? after.size / before.size : 1
  const bounded = Math.min(MOST_STRETCH, Math.max(1 / MOST_STRETCH, ratio))
  const stretch = bounded ** (pairs.length / (pairs.length + EQUAL_SPREAD))
  return {
    shift: on.shift + on.stretch * (after.middle - stretch * before.middle),
    stretch: on.stretch * stretch,
  }
}

/** Root mean square distance from the median, none more than three times that of the best. */
function spreadOf(losses: readonly number[]): { middle: number; size: number } {
  const sorted = Float64Array.from(losses).sort()
  const middle = sorted[Math.round(0.5 * (sorted.length - 1))]!
  const cap = 3 * (middle - sorted[0]!)
  let squares = 0
  for (const loss of sorted) squares += Math.min(cap, loss - middle) ** 2
  return { middle, size: Math.sqrt(squares / sorted.length) }
}
