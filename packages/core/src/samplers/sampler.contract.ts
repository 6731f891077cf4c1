import { describe, expect, test } from 'vitest'
import { ParzenError } from '../error.js'
import type { Outcome, StudyEvent, StudySpec } from '../journal/event.js'
import { memoryStore } from '../journal/memory-store.js'
import { rng } from '../numerics/rng.js'
import { activeNames } from '../space/activity.js'
import type { Parameter, Params, Space } from '../space/distribution.js'
import { contains } from '../space/unit-cube.js'
import { openStudy } from '../study/open-study.js'
import { verify } from '../study/verify.js'
import { deep, everyKind, mixedOutcome, objective } from './contract-spaces.contract.js'
import type { SamplerFactory } from './sampler.js'
import { type Simulation, type Step, simulate, startedTrial, suggestAgain } from './simulated-study.contract.js'

export interface SamplerTraits {
  /** 'one': refuses several directions with `sampler/objectives`. Default 'any'. */
  readonly objectives?: 'any' | 'one'
  /** Whether two studies that differ in their seed alone differ in their suggestions. Default true. */
  readonly seeded?: boolean
  /** Whether eight trials running at once are eight different points of a continuous space. Default true. */
  readonly spreads?: boolean
  /** Trials of the simulated studies; must be enough for the sampler to leave its start-up. Default 50. */
  readonly trials?: number
  /** Seeds of the test of failing regions. Default 20. */
  readonly seeds?: number
}

const spaces: readonly (readonly [string, Space])[] = [
  ['every kind of distribution', everyKind],
  ['a deep conditional space', deep],
]

/**
 * The laws every sampler keeps (`sampler.ts`). Each has been seen to fail on a sampler that breaks it
 * (`sampler.contract.test.ts`).
 */
export function samplerContract(name: string, make: () => SamplerFactory, traits: SamplerTraits = {}): void {
  const { objectives = 'any', seeded = true, spreads = true, trials = 50, seeds = 20 } = traits
  describe(`sampler ${name}`, () => {
    test.each(spaces)('suggests points of the space with the active parameters and no others: %s', (_, space) => {
      for (const seed of [1, 2, 3]) staysInSpace(make(), { space, seed, trials, outcome: mixedOutcome(), parallel: 4 })
    })
    test.each(spaces)('replay: depends on seed, number and visible results alone: %s', (_, space) => {
      for (const parallel of [1, 5]) replays(make(), { space, seed: 11, trials, outcome: mixedOutcome(), parallel })
    })
    test.each(spaces)('purity: suggestions that are not used change nothing: %s', (_, space) => {
      for (const parallel of [1, 5]) isPure(make(), { space, seed: 5, trials, outcome: mixedOutcome(), parallel })
    })
    test.each(spaces)('maximising mirrors minimising: %s', (_, space) => {
      mirrors(make(), { space, seed: 8, trials, outcome: mixedOutcome(), parallel: 2 })
    })
    test('two studies at once do not disturb each other', () => keepsApart(make(), trials))
    if (seeded) test('another seed gives other suggestions', () => isSeeded(make(), trials))
    if (spreads) test('eight trials at once are eight different points', () => spreadsOut(make(), trials))
    test.each(badResults)('is not drawn to a region without results: %s', (_, bad) => avoids(make(), bad, seeds))
    test.each(spaces)('a study killed and reopened at random moments is verified: %s', async (_, space) => {
      await survivesKills(make(), space, trials)
    })
    test(`several directions are ${objectives === 'any' ? 'accepted' : 'refused with a reason'}`, () => {
      bearsDirections(make(), objectives)
    })
  })
}

export function staysInSpace(make: SamplerFactory, simulation: Simulation): void {
  const steps = simulate(make, simulation)
  expect(steps.length).toBeGreaterThan(0)
  expect(steps.flatMap(({ suggestion }) => faultsOf(suggestion.params, simulation.space))).toEqual([])
  expect(JSON.parse(JSON.stringify(suggestions(steps)))).toEqual(suggestions(steps))
}

function faultsOf(params: Params, space: Space): unknown[] {
  const active = activeNames(space, params)
  return [
    ...active.filter((name) => !Object.hasOwn(params, name)).map((name) => ({ missing: name, params })),
    ...Object.entries(params)
      .filter(([name, value]) => !active.includes(name) || !contains(space[name] as Parameter, value))
      .map(([name, value]) => ({ outside: name, value, params })),
  ]
}

export function replays(make: SamplerFactory, simulation: Simulation): void {
  const steps = simulate(make, simulation)
  expect(steps.map((step) => suggestAgain(make, simulation, step))).toEqual(suggestions(steps))
}

/** Suggesting twice and comparing would miss a leak: the unused suggestions must come before each used one. */
export function isPure(make: SamplerFactory, simulation: Simulation): void {
  const plain = simulate(make, simulation)
  const disturbed = simulate(make, {
    ...simulation,
    disturb(sampler, running, number) {
      const other = sampler.suggest([], { number: number + 7, rng: rng(99, number) })
      const withMore = other ? [...running, startedTrial(number, other)] : running
      sampler.suggest(withMore, { number: number + 1, rng: rng(simulation.seed, number + 1) })
      sampler.suggest(running, { number, rng: rng(simulation.seed, number) })
    },
  })
  expect(suggestions(disturbed)).toEqual(suggestions(plain))
}

export function mirrors(make: SamplerFactory, simulation: Simulation): void {
  const mirrored = { ...simulation, directions: ['maximize'] as const, outcome: mixedOutcome(-1) }
  // a memo may speak in units of the objective
  const paramsOf = (of: Simulation) => simulate(make, of).map(({ suggestion }) => suggestion.params)
  expect(paramsOf(mirrored)).toEqual(paramsOf(simulation))
}

export function keepsApart(make: SamplerFactory, trials: number): void {
  const simulation = { space: everyKind, seed: 21, trials, outcome: mixedOutcome() }
  const alone = simulate(make, simulation)
  const other = make({ space: everyKind, directions: ['minimize'], seed: 22 })
  const beside = simulate(make, {
    ...simulation,
    disturb: (_sampler, _running, number) => void other.suggest([], { number, rng: rng(22, number) }),
  })
  expect(suggestions(beside)).toEqual(suggestions(alone))
}

export function isSeeded(make: SamplerFactory, trials: number): void {
  const run = (seed: number) =>
    suggestions(simulate(make, { space: everyKind, seed, trials, outcome: mixedOutcome(), parallel: 2 }))
  const [first, second] = [run(1), run(2)]
  // beyond the start-up too
  expect(second.slice(0, 5)).not.toEqual(first.slice(0, 5))
  expect(second.slice(-5)).not.toEqual(first.slice(-5))
}

export function spreadsOut(make: SamplerFactory, trials: number): void {
  const repeated: Params[] = []
  for (const seed of [1, 2, 3]) {
    const simulation = { space: everyKind, seed, trials: trials + 8, outcome: mixedOutcome(), parallel: 8 }
    const steps = simulate(make, simulation)
    for (const { suggestion, running } of steps) {
      const taken = running.map((trial) => JSON.stringify(trial.params))
      if (taken.includes(JSON.stringify(suggestion.params))) repeated.push(suggestion.params)
    }
  }
  expect(repeated).toEqual([])
}

/** What came of a trial in the bad region; the last group never leaves `tell` and is a sampler's own defence. */
const badResults: readonly (readonly [string, (number: number) => Outcome])[] = [
  ['not a number', () => ({ state: 'failed', cause: 'nan', message: 'the result was NaN' })],
  [
    'crashed, timed out, pruned or infeasible',
    (number) => {
      const outcomes: readonly Outcome[] = [
        { state: 'failed', cause: 'exit', message: 'exit code 1' },
        { state: 'failed', cause: 'timeout', message: 'after 1 s' },
        { state: 'pruned', reason: 'hopeless' },
        { state: 'complete', values: [-1000], constraints: [0.5] },
      ]
      return outcomes[number % outcomes.length] as Outcome
    },
  ],
  [
    'infinite or missing',
    (number) => {
      const values: readonly (readonly number[])[] = [[Number.NaN], [-Infinity], [], [Infinity]]
      return { state: 'complete', values: values[number % values.length] as readonly number[] }
    },
  ],
]

/** A tenth of the range is bad; 12 % is 2.7 standard errors above a tenth for a sampler that does not learn. */
export function avoids(make: SamplerFactory, bad: (number: number) => Outcome, seeds: number): void {
  const space: Space = { x: { kind: 'float', low: -10, high: 10 } }
  let later = 0
  let inside = 0
  for (let seed = 0; seed < seeds; seed++) {
    const outcome = ({ x }: Params, number: number): Outcome =>
      (x as number) > 8 ? bad(number) : { state: 'complete', values: [((x as number) - 3) ** 2] }
    for (const { number, suggestion } of simulate(make, { space, seed, trials: 100, outcome })) {
      if (number < 20) continue
      later++
      if ((suggestion.params['x'] as number) > 8) inside++
    }
  }
  expect(later).toBeGreaterThan(0)
  expect(inside / later).toBeLessThan(0.12)
}

/** Each reopening forgets all but the journal, as a killed process does; trials that ran go on. */
export async function survivesKills(make: SamplerFactory, space: Space, trials: number): Promise<void> {
  const store = memoryStore()
  const chance = rng(77)
  const spec = specOf(space, trials)
  let time = 0
  const open = () => openStudy(store, spec, { sampler: make, now: () => ++time })
  let study = await open()
  while (study.state.ended === undefined) {
    if (chance() < 0.2) study = await open()
    if (chance() < 0.05) await study.enqueue(queuedParams(space))
    const asked = study.state.running.size < 4 ? await study.ask() : undefined
    if (asked && chance() < 0.7) continue
    const running = [...study.state.running.values()]
    const trial = running[Math.floor(chance() * running.length)]
    if (trial) await study.tell(trial.number, mixedOutcome()(trial.params, trial.number))
  }
  const events = await store.read(spec.name, 0)
  const started = events.filter((event: StudyEvent) => event.type === 'trial-started').length
  expect(started).toBeGreaterThan(0)
  expect(verify(events, () => make)).toEqual({ checked: started, mismatches: [], foreign: [] })
}

export function bearsDirections(make: SamplerFactory, objectives: 'any' | 'one'): void {
  const problem = { space: deep, directions: ['minimize', 'maximize'] as const, seed: 1 }
  if (objectives === 'one') {
    const refusal = thrownBy(() => make(problem))
    expect(refusal).toBeInstanceOf(ParzenError)
    expect((refusal as ParzenError).code).toBe('sampler/objectives')
    return
  }
  const outcome = (params: Params): Outcome => ({ state: 'complete', values: [objective(params), 1] })
  staysInSpace(make, { ...problem, trials: 40, outcome, parallel: 3 })
}

function thrownBy(work: () => unknown): unknown {
  try {
    work()
  } catch (error) {
    return error
  }
  return undefined
}

function suggestions(steps: readonly Step[]): Step['suggestion'][] {
  return steps.map((step) => step.suggestion)
}

/** Values for the first parameter alone: the rest is drawn. */
function queuedParams(space: Space): Params {
  return Object.fromEntries(Object.keys(space).includes('lr') ? [['lr', 0.5]] : [['float', 0.125]])
}

function specOf(space: Space, trials: number): StudySpec {
  return {
    name: 'contract',
    space,
    objectives: [{ metric: 'loss', direction: 'minimize' }],
    seed: 3,
    sampler: { name: 'random' },
    pruner: { name: 'none' },
    budget: { trials, parallel: 4 },
  }
}
