import type { Direction, Outcome } from '../journal/event.js'
import type { TrialRecord } from '../journal/state.js'
import { rng } from '../numerics/rng.js'
import type { Params, Space } from '../space/distribution.js'
import type { Sampler, SamplerFactory, Suggestion } from './sampler.js'

/** One suggestion of a simulated study, with all that was visible when it was made. */
export interface Step {
  readonly number: number
  /** In the order they finished. */
  readonly finished: readonly TrialRecord[]
  readonly running: readonly TrialRecord[]
  readonly suggestion: Suggestion
}

export interface Simulation {
  readonly space: Space
  readonly directions?: readonly Direction[]
  readonly seed: number
  readonly trials: number
  readonly outcome: (params: Params, number: number) => Outcome
  /** Trials running at the same time; they end in a random order that does not depend on the sampler. */
  readonly parallel?: number
  /** Called with the sampler before each suggestion that is used. */
  readonly disturb?: (sampler: Sampler, running: readonly TrialRecord[], number: number) => void
}

/** Runs a sampler against `outcome` without a journal; ends early if the sampler has nothing left. */
export function simulate(make: SamplerFactory, simulation: Simulation): Step[] {
  const { space, seed, trials, outcome, parallel = 1, disturb } = simulation
  const sampler = make(frozen({ space, seed, directions: simulation.directions ?? ['minimize'] }))
  const order = rng(4242, seed)
  const steps: Step[] = []
  const finished: TrialRecord[] = []
  const running: TrialRecord[] = []
  let observed = 0
  for (let number = 0; number < trials; number++) {
    sampler.observe(Object.freeze(finished.slice(observed)))
    observed = finished.length
    const visible = Object.freeze([...running])
    disturb?.(sampler, visible, number)
    const suggestion = sampler.suggest(visible, { number, rng: rng(seed, number) })
    if (!suggestion) break
    steps.push({ number, finished: [...finished], running: visible, suggestion })
    running.push(startedTrial(number, suggestion))
    while (running.length >= parallel) {
      const [trial] = running.splice(Math.floor(order() * running.length), 1)
      if (trial) finished.push(finishedTrial(trial, outcome(trial.params, trial.number)))
    }
  }
  return steps
}

/** Makes suggestion `step.number` again with a sampler that has seen nothing before. */
export function suggestAgain(make: SamplerFactory, simulation: Simulation, step: Step): Suggestion | undefined {
  const { space, seed, directions = ['minimize'] } = simulation
  const sampler = make(frozen({ space, seed, directions }))
  sampler.observe(step.finished)
  return sampler.suggest(step.running, { number: step.number, rng: rng(seed, step.number) })
}

/** A trial as the journal gives it back: params and memo have been through JSON, nothing can be changed. */
export function startedTrial(number: number, { params, memo }: Suggestion): TrialRecord {
  return frozen({
    number,
    state: 'running',
    params,
    ...(memo === undefined ? {} : { memo }),
    seen: number,
    worker: 'simulated',
    startedAt: number,
    reports: [],
    attempts: [{ number: 1 }],
  })
}

/** Outcomes with values that JSON cannot hold are kept as they are: samplers must bear them. */
export function finishedTrial(trial: TrialRecord, outcome: Outcome): TrialRecord {
  return Object.freeze({ ...trial, state: outcome.state, outcome, finishedAt: trial.number + 1 })
}

function frozen<T>(value: T): T {
  return deepFreeze(JSON.parse(JSON.stringify(value))) as T
}

function deepFreeze(value: unknown): unknown {
  if (typeof value === 'object' && value !== null) {
    for (const part of Object.values(value)) deepFreeze(part)
    Object.freeze(value)
  }
  return value
}
