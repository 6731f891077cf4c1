import { hypervolume } from '../numerics/hypervolume.js'
import type { Observation } from './observation.js'

/**
 * The trials that no other beats in one objective without losing in another, by the first objective; equal ones all.
 *
 * O(trials · front · objectives).
 */
export function paretoFront(trials: readonly Observation[]): Observation[] {
  const sorted = trials.toSorted((a, b) => firstDifference(a.losses, b.losses) || a.trial - b.trial)
  const front: Observation[] = []
  // in this order only earlier trials can dominate
  for (const trial of sorted) if (!front.some((other) => dominates(other.losses, trial.losses))) front.push(trial)
  return front
}

function dominates(a: readonly number[], b: readonly number[]): boolean {
  return a.every((x, i) => x <= (b[i] as number)) && a.some((x, i) => x < (b[i] as number))
}

function firstDifference(a: readonly number[], b: readonly number[]): number {
  const i = a.findIndex((x, k) => x !== b[k])
  return i === -1 ? 0 : (a[i] as number) - (b[i] as number)
}

/**
 * The trial of a front that gives up least: the one that bulges furthest beyond the plane through the best of each objective
 * (Das 1999, "On characterizing the knee of the Pareto curve based on normal-boundary intersection"), each objective
 * counted from its best to its worst value on the front.
 * @returns undefined for fewer than 3 trials, of which none is in between.
 */
export function knee(front: readonly Observation[]): Observation | undefined {
  const [first] = front
  if (!first || front.length < 3) return undefined
  const ends = first.losses.map((_, k) => {
    const column = front.map(({ losses }) => losses[k] as number)
    return [Math.min(...column), Math.max(...column)] as const
  })
  const cost = ({ losses }: Observation) =>
    ends.reduce((sum, [low, high], k) => sum + (high > low ? ((losses[k] as number) - low) / (high - low) : 0), 0)
  return front.reduce((best, one) => (cost(one) < cost(best) ? one : best))
}

export interface Front {
  readonly trials: readonly Observation[]
  /** The values beyond which nothing counts, in the units of the objectives. */
  readonly reference: readonly number[]
  /** The volume between the front and the reference, in the product of the objectives' units. */
  readonly hypervolume: number
  /** After each trial, in the order of finishing. */
  readonly hypervolumes: readonly number[]
}

/**
 * @param signs one per objective, −1 if it is maximised.
 * @param given the reference in the units of the objectives; without it a tenth of the range beyond the worst values seen.
 */
export function frontOf(
  trials: readonly Observation[],
  signs: readonly number[],
  given?: readonly number[],
): Front | undefined {
  if (trials.length === 0) return undefined
  const reference = given?.map((x, i) => (signs[i] as number) * x) ?? worstOf(trials, signs.length)
  const points: (readonly number[])[] = []
  let volume = 0
  const hypervolumes = trials.map(({ losses }) => {
    const isCovered = points.some((point) => point.every((x, k) => x <= (losses[k] as number)))
    if (!isCovered) {
      points.splice(0, points.length, ...points.filter((point) => !dominates(losses, point)), losses)
      volume = hypervolume(points, reference)
    }
    return volume
  })
  return {
    trials: paretoFront(trials),
    reference: reference.map((x, i) => (signs[i] as number) * x),
    hypervolume: volume,
    hypervolumes,
  }
}

function worstOf(trials: readonly Observation[], objectives: number): number[] {
  return Array.from({ length: objectives }, (_, k) => {
    const column = trials.map(({ losses }) => losses[k] as number)
    const [least, most] = [Math.min(...column), Math.max(...column)]
    return most + 0.1 * (most > least ? most - least : 1)
  })
}
