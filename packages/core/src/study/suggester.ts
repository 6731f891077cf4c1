import type { Json, StudySpec } from '../journal/event.js'
import type { StudyState } from '../journal/state.js'
import { rng } from '../numerics/rng.js'
import { drawParams } from '../samplers/random.js'
import type { SamplerFactory } from '../samplers/sampler.js'
import type { Params } from '../space/distribution.js'

export interface NextTrial {
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
 * The law of Parzen: what trial n is given depends only on (seed, n, the finished and running trials at version `seen`).
 *
 * Repeated calls for the same n (somebody else appended first) do not repeat the work unless a trial was started in
 * between: a suggestion made on an older version of the journal is as lawful as one made now, because `seen` says so.
 */
export function suggester(spec: StudySpec, makeSampler: SamplerFactory): Suggester {
  const sampler = makeSampler({
    space: spec.space,
    directions: spec.objectives.map((objective) => objective.direction),
    seed: spec.seed,
  })
  let observed = 0
  let last: { readonly number: number; readonly queueTaken: number; readonly next: NextTrial } | undefined

  return {
    suggest(state) {
      const number = state.trials.length
      const queued = state.queue[state.queueTaken]
      if (last && last.number === number && (queued === undefined) === (last.next.queued === undefined))
        return last.next

      const stream = rng(spec.seed, number)
      let next: NextTrial | undefined
      if (queued !== undefined) {
        next = { params: drawParams(spec.space, stream, queued), seen: state.version, queued: state.queueTaken }
      } else {
        sampler.observe(state.finished.slice(observed))
        observed = state.finished.length
        const suggestion = sampler.suggest([...state.running.values()], { number, rng: stream })
        next = suggestion && { ...suggestion, seen: state.version }
      }
      last = next && { number, queueTaken: state.queueTaken, next }
      return next
    },
  }
}
