import type { Observation } from './observation.js'

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
