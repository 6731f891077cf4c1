import type { Direction } from '../journal/event.js'

/**
 * What a pruner sees of a trial: the metric it watches, each step once, in the order reported.
 *
 * Losses are to be minimised (the negated metric if it is to be maximised); NaN where the metric was no number. Of a step
 * that an attempt repeats the first value stands.
 */
export interface Curve {
  readonly trial: number
  readonly steps: readonly number[]
  readonly losses: readonly number[]
  /** The least loss so far; NaN if there is none. */
  readonly best: number
}

/** `pause`: it may go on later, if it turns out to be among the best. */
export interface Judgement {
  readonly verdict: 'prune' | 'pause'
  /** For people: what was compared with what. */
  readonly reason: string
}

export interface Promotion {
  readonly trial: number
  readonly reason: string
}

/**
 * Says which running trials are not worth going on with. No clock, no dice of its own, no I/O.
 *
 * Laws (`pruner.contract.ts`): *replay*: told the same again, the same verdicts; *relevance*: it looks at losses only, so
 * that the same curves in another order of trials that do not overlap, or with other parameters, are judged alike; *best*: a
 * trial that is ahead of all others at every step goes on (but for `threshold`).
 */
export interface Pruner {
  /**
   * A trial has reported a step it had not reported before: the last of its curve. Called for every trial, also for
   * those that are not to be stopped any more, in the order of the journal. @returns why to stop, if it is to.
   */
  judge(curve: Curve): Judgement | undefined
  /** A trial has ended with a result. @param loss its first objective, to be minimised. */
  complete(curve: Curve, loss: number): void
  /** A trial has ended, with a result or without one. @param isPruned as it was told. */
  ended?(trial: number, isPruned: boolean): void
  /**
   * The paused trial to go on with, if one has earned it; changes nothing. @param isLast nothing else will be started:
   * if no trial got to its end, the best one is to.
   */
  promote?(paused: ReadonlySet<number>, isLast: boolean): Promotion | undefined
  /** A promotion was carried out. */
  promoted?(trial: number): void
  /** The step at which a trial that has got to `step` is compared next, if that is known beforehand; changes nothing. */
  target?(trial: number, step: number): number | undefined
}

export interface PrunerProblem {
  /** Of the metric watched. */
  readonly direction: Direction
  readonly seed: number
}

export type PrunerFactory = (problem: PrunerProblem) => Pruner
