import { describe, expect, it } from 'vitest'
import type { StudyEvent, StudySpec } from '../../journal/event.js'
import { lineageOf, parentOf } from '../../journal/lineage.js'
import { memoryStore } from '../../journal/memory-store.js'
import { rng } from '../../numerics/rng.js'
import { isActive } from '../../space/activity.js'
import type { Params, Space } from '../../space/distribution.js'
import { contains } from '../../space/unit-cube.js'
import { openStudy } from '../../study/open-study.js'
import type { Study } from '../../study/study.js'
import { verify } from '../../study/verify.js'
import { samplerContract } from '../sampler.contract.js'
import { forked } from './fork.js'
import { pbt } from './pbt.js'

// where nothing is reported, nobody is stopped, and the founders are random
samplerContract('pbt', () => pbt({ interval: 1, population: 200 }), { objectives: 'one', trials: 50 })

/** Jaderberg et al. 2017, section 4.3: what is trained for, and what a training sees of it through its parameters h. */
const toy: Space = { h0: { kind: 'float', low: 0, high: 1 }, h1: { kind: 'float', low: 0, high: 1 } }
const truth = ([a, b]: readonly [number, number]) => 1.2 - (a * a + b * b)
const step = ([a, b]: readonly [number, number], { h0, h1 }: Params): readonly [number, number] => [
  a - 0.05 * Number(h0) * a,
  b - 0.05 * Number(h1) * b,
]

interface Trained {
  readonly study: Study
  readonly events: readonly StudyEvent[]
  /** Steps trained in all. */
  readonly cost: number
}

/** Trains the toy with so many slots, as a runner would: forks begin with their parent's state, paused ones go on with their own. */
async function train(
  spec: Partial<StudySpec>,
  { slots, last, speeds }: { slots: number; last: number; speeds?: readonly number[] },
): Promise<Trained> {
  const store = memoryStore()
  let time = 0
  const study = await openStudy(
    store,
    {
      name: 'toy',
      space: toy,
      objectives: [{ metric: 'q', direction: 'maximize' }],
      seed: 1,
      pruner: { name: 'none' },
      budget: {},
      sampler: { name: 'random' },
      ...spec,
    },
    { now: () => ++time },
  )
  const state = new Map<number, { theta: readonly [number, number]; step: number }>()
  const running: number[] = []
  let cost = 0
  for (let turn = 0; ; turn++) {
    while (running.length < slots) {
      const next = (await study.ask({ pauses: true }))?.number
      if (next === undefined) break
      if (!state.has(next)) {
        const parent = parentOf(study.state.trials[next]!)
        state.set(next, parent === undefined ? { theta: [0.9, 0.9], step: 0 } : { ...state.get(parent)! })
      }
      running.push(next)
    }
    if (running.length === 0) break
    for (const trial of [...running]) {
      if (speeds && turn % (speeds[trial % speeds.length] as number) !== 0) continue
      const now = state.get(trial)!
      now.theta = step(now.theta, study.state.trials[trial]!.params)
      now.step++
      cost++
      const verdict = await study.report(trial, now.step, { q: truth(now.theta) })
      const isOver = verdict !== 'continue' || now.step >= last
      if (!isOver) continue
      running.splice(running.indexOf(trial), 1)
      if (verdict === 'pause') await study.pause(trial, study.state.trials[trial]!.attempts.length)
      else if (verdict === 'prune') await study.tell(trial, { state: 'pruned', reason: '' })
      else await study.tell(trial, { state: 'complete', values: [truth(now.theta)] })
    }
  }
  await study.settle()
  return { study, events: await store.read('toy', 0), cost }
}

const bestOf = ({ study }: Trained) => study.state.best!.value

describe('population-based training', () => {
  const sampler = { name: 'pbt', population: 8, interval: 5, maxStep: 60 }

  it('gets to the top of the toy that no constant choice reaches as soon, at equal cost', async () => {
    // 20 seeds; a sign test of 15 or more of 20 has an error rate of 2 %
    let better = 0
    for (let seed = 0; seed < 20; seed++) {
      const ours = await train({ sampler: { ...sampler, mutate: ['h0', 'h1'] }, seed }, { slots: 8, last: 60 })
      const theirs = await train({ seed, budget: { trials: Math.round(ours.cost / 60) } }, { slots: 8, last: 60 })
      if (bestOf(ours) > bestOf(theirs)) better++
    }
    expect(better).toBeGreaterThanOrEqual(15)
  })

  it.each([8, 3, 1])('replaces who is stopped until every place has come to its end, with %i slots', async (slots) => {
    const { study, events } = await train({ sampler, seed: 3 }, { slots, last: 60 })
    const { trials } = study.state
    const forks = trials.filter((trial) => lineageOf(trial))
    expect(forks.length).toBeGreaterThan(3)
    expect(trials.length - forks.length).toBe(8)
    expect(trials.filter(({ state }) => state === 'complete').length).toBe(8)
    expect(trials.filter(({ state }) => state === 'pruned').length).toBe(forks.length)
    for (const fork of forks) {
      const { replaces, parent } = lineageOf(fork)!
      expect(trials[replaces]!.state).toBe('pruned')
      expect(trials[parent!]!.number).toBeLessThan(fork.number)
    }
    // each place is taken once
    expect(new Set(forks.map((fork) => lineageOf(fork)!.replaces)).size).toBe(forks.length)
    expect(study.state.ended).toBe('each of the 8 trainings of the population has come to its end')
    expect(verify(events)).toMatchObject({ mismatches: [], foreign: [] })
  })

  it('waits for the slowest, so that it compares trainings of one age', async () => {
    const { study, events } = await train({ sampler, seed: 5 }, { slots: 8, last: 60, speeds: [1, 1, 1, 5] })
    expect(events.some(({ type }) => type === 'trial-paused')).toBe(true)
    expect(study.state.trials.filter(({ state }) => state === 'complete').length).toBe(8)
    expect(verify(events).mismatches).toEqual([])
  })

  it('refuses a pruner beside its own, and options that mean nothing', async () => {
    const open = (spec: Partial<StudySpec>) => train(spec, { slots: 1, last: 1 })
    await expect(open({ sampler, pruner: { name: 'asha' } })).rejects.toThrow(
      'pruner: name: expected none with sampler pbt, which stops trials itself, got "asha"',
    )
    expect(() => pbt({ interval: 0 })).toThrow('sampler pbt: interval: expected a number above 0, got 0')
    expect(() => pbt({} as never)).toThrow('sampler pbt: interval: expected a number above 0, got nothing')
    const problem = { space: toy, directions: ['minimize'] as const, seed: 1 }
    expect(() => pbt({ interval: 1, mutate: ['h2'] })(problem)).toThrow(
      'sampler pbt: mutate: expected parameters of the space, got "h2"',
    )
  })
})

describe('a fork', () => {
  const space: Space = {
    lr: { kind: 'float', low: 1e-5, high: 1e-1, log: true },
    shift: { kind: 'float', low: -1, high: 1 },
    units: { kind: 'int', low: 1, high: 100 },
    batch: { kind: 'categorical', choices: [16, 32, 64] },
    opt: { kind: 'categorical', choices: ['adam', 'sgd'] },
    'opt.sgd.momentum': { kind: 'float', low: 0, high: 1, when: { opt: ['sgd'] } },
    'opt.adam.beta': { kind: 'float', low: 0, high: 1, when: { opt: ['adam'] } },
  }
  const parent: Params = { lr: 1e-3, shift: 0.5, units: 3, batch: 32, opt: 'sgd', 'opt.sgd.momentum': 0.5 }
  const fork = (seed: number, mutation: Partial<Parameters<typeof forked>[2]>) =>
    forked(space, parent, { changes: () => true, perturb: 1.2, resample: 0, ...mutation }, rng(seed))

  it('moves what may change by the factor, and keeps the rest', () => {
    for (let seed = 0; seed < 50; seed++) {
      const { lr, shift, units, batch, opt, ...rest } = fork(seed, {})
      expect([1e-3 * 1.2, 1e-3 * (1 / 1.2)]).toContain(lr)
      expect([0.9, 0.5 - 1 / 3].some((x) => Math.abs(x - Number(shift)) < 1e-12)).toBe(true)
      expect([2, 4]).toContain(units)
      expect([16, 64]).toContain(batch)
      expect(opt).toBe('sgd')
      expect(Object.keys(rest)).toEqual(['opt.sgd.momentum'])
      expect(fork(seed, { changes: () => false })).toEqual(parent)
    }
  })

  it('stays in the space, with the active parameters and no others, also where a choice is drawn anew', () => {
    for (let seed = 0; seed < 300; seed++) {
      const params = fork(seed, { resample: 0.5, perturb: 50 })
      for (const [name, parameter] of Object.entries(space)) {
        expect(name in params).toBe(isActive(parameter, params))
        if (name in params) expect(contains(parameter, params[name])).toBe(true)
      }
    }
  })
})
