import type { Direction, Json } from '../journal/event.js'
import type { TrialRecord } from '../journal/state.js'
import type { Params, Space } from '../space/distribution.js'

/** A uniform draw in [0, 1) with 53 random bits. */
export type Rng = () => number

export interface Problem {
  readonly space: Space
  readonly directions: readonly Direction[]
  /** Names of the objectives, as trials report them: for what can be learnt from trials that were stopped. */
  readonly metrics?: readonly string[]
  /** Last step of a training, where the pruner was told. */
  readonly maxStep?: number
  readonly seed: number
}

export interface Suggestion {
  readonly params: Params
  /** Comes back with the trial in `observe` and among `running`. */
  readonly memo?: Json
}

/** The trial to suggest for: its number, and its own random stream, a function of (seed, number) alone. */
export interface Ask {
  readonly number: number
  readonly rng: Rng
}

/**
 * Proposes parameters. No clock, no dice of its own, no I/O.
 *
 * Laws (`sampler.contract.ts`): *replay*: observed one by one or all at once, the same suggestions; *purity*: a
 * suggestion that is not used changes nothing; every suggestion lies in the space, with the active parameters and no others.
 */
export interface Sampler {
  /** Finished trials in the order they finished, each once, whatever their state. */
  observe(finished: readonly TrialRecord[]): void
  /**
   * @param running trials started and not finished, by number.
   * @returns undefined if there is nothing left to try (a finished grid).
   */
  suggest(running: readonly TrialRecord[], ask: Ask): Suggestion | undefined
  /** For people, what it means that nothing is left. Default: every point of the space has been tried. */
  readonly done?: string
}

export type SamplerFactory = (problem: Problem) => Sampler
