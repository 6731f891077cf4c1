import type { Json, StudySpec } from '../journal/event.js'
import type { StudyState } from '../journal/state.js'
import { rng } from '../numerics/rng.js'
import { drawParams } from '../samplers/random.js'
import type { SamplerFactory } from '../samplers/sampler.js'
import type { Params } from '../space/distribution.js'

/** What the start of a trial says of its parameters. */
export interface NextTrial {
  readonly sampler?: string
  readonly trial: number
  readonly params: Params
  readonly seen: number
  readonly memo?: Json
  readonly queued?: number
}

export interface Suggester {
  /** @returns undefined if the sampler has nothing left to try. */
  suggest(state: Readonly<StudyState>): NextTrial | undefined
}

/**
 * The law of Parzen: what trial n is given depends only on (seed, n, the finished and running trials at version `seen`,
 * the order in which they finished).
 */
export function suggester(spec: StudySpec, makeSampler: SamplerFactory, id: string): Suggester {
  const sampler = makeSampler({
    space: spec.space,
    directions: spec.objectives.map((objective) => objective.direction),
    seed: spec.seed,
  })
  let observed = 0

  return {
    suggest(state) {
      const trial = state.trials.length
      const seen = state.version
      const stream = rng(spec.seed, trial)
      const queued = state.queue[state.queueTaken]
      if (queued !== undefined) {
        return { trial, params: drawParams(spec.space, stream, queued), seen, queued: state.queueTaken }
      }
      sampler.observe(state.finished.slice(observed))
      observed = state.finished.length
      const suggestion = sampler.suggest([...state.running.values()], { number: trial, rng: stream })
      return suggestion && { sampler: id, trial, ...suggestion, seen }
    },
  }
}

/**
 * Whether a suggestion made on an older version of the journal may still be used: it is as lawful as one made now,
 * because `seen` says what it knew, unless a trial was started or something was queued in between.
 */
export function stillFits(next: NextTrial, state: Readonly<StudyState>): boolean {
  const queued = state.queueTaken < state.queue.length ? state.queueTaken : undefined
  return next.trial === state.trials.length && next.queued === queued
}
