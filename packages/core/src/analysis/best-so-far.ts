import type { StudyState } from '../journal/state.js'
import { type Observation, observations } from './observation.js'

/** A trial that beat all before it. */
export interface Step {
  readonly trial: number
  readonly value: number
  /** Which observation it was, from 0. */
  readonly index: number
}

/** The steps of the best-so-far curve of the first objective. */
export function bestSoFar(trials: readonly Observation[]): Step[] {
  const steps: Step[] = []
  let least = Infinity
  for (const [index, { trial, values, losses }] of trials.entries()) {
    const [loss, value] = [losses[0] as number, values[0] as number]
    if (loss >= least) continue
    least = loss
    steps.push({ trial, value, index })
  }
  return steps
}

/** The best value so far as trials finished, at no more than `points` evenly spaced moments, the last one included: for a small picture. */
export function bestHistory(state: Readonly<StudyState>, points: number): number[] {
  const trials = observations(state)
  const steps = bestSoFar(trials)
  const count = Math.min(points, trials.length)
  let next = 0
  return Array.from({ length: count }, (_, k) => {
    const last = Math.ceil(((k + 1) * trials.length) / count) - 1
    while (next < steps.length && (steps[next] as Step).index <= last) next++
    return (steps[next - 1] as Step).value
  })
}
