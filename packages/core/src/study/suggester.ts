import type { Json, StudySpec } from '../journal/event.js'
import type { StudyState, TrialRecord } from '../journal/state.js'
import { stillApplying } from '../journal/still-applies.js'
import { rng } from '../numerics/rng.js'
import { believing } from '../samplers/belief.js'
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
  /** What that means, for people. */
  readonly done: string
}

/**
 * The law of Parzen: what trial n is given depends only on (seed, n, the finished and running trials at version `seen`,
 * the order in which they finished).
 */
export function suggester(spec: StudySpec, makeSampler: SamplerFactory, id: string): Suggester {
  const made = spec.prior ? believing(makeSampler, spec.prior) : makeSampler
  const { maxStep } = spec.pruner
  const sampler = made({
    space: spec.space,
    directions: spec.objectives.map((objective) => objective.direction),
    metrics: spec.objectives.map((objective) => objective.metric),
    ...(typeof maxStep === 'number' ? { maxStep } : {}),
    seed: spec.seed,
  })
  let observed = 0
  let hasImported = false

  return {
    done: sampler.done ?? 'every point of the space has been tried',
    suggest(state) {
      const trial = state.trials.length
      const seen = state.version
      const stream = rng(spec.seed, trial)
      const queued = state.queue[state.queueTaken]
      if (queued !== undefined) {
        return { trial, params: drawParams(spec.space, stream, queued), seen, queued: state.queueTaken }
      }
      if (!hasImported) sampler.observe(imported(state))
      hasImported = true
      sampler.observe(stillApplying(state, state.finished.slice(observed)))
      observed = state.finished.length
      const running = stillApplying(state, state.running.values())
      const suggestion = sampler.suggest(running, { number: trial, rng: stream })
      return suggestion && { sampler: id, trial, ...suggestion, seen }
    },
  }
}

/** Results of other studies that mean something in this space. */
function imported({ spec, imported: all }: Readonly<StudyState>): TrialRecord[] {
  return stillApplying({ spec, spaceSince: 0 }, all)
}

/**
 * Whether a suggestion made on an older version of the journal may still be used: it is as lawful as one made now,
 * because `seen` says what it knew, unless a trial was started or something was queued in between.
 */
export function stillFits(next: NextTrial, state: Readonly<StudyState>): boolean {
  const queued = state.queueTaken < state.queue.length ? state.queueTaken : undefined
  return next.trial === state.trials.length && next.queued === queued
}
