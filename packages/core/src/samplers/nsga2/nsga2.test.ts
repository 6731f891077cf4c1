import { expect, test } from 'vitest'
import { rng } from '../../numerics/rng.js'
import { activeNames } from '../../space/activity.js'
import type { Params, Space } from '../../space/distribution.js'
import { contains } from '../../space/unit-cube.js'
import { deep } from '../contract-spaces.contract.js'
import { drawParams, random } from '../random.js'
import { samplerContract } from '../sampler.contract.js'
import type { SamplerFactory } from '../sampler.js'
import { finishedTrial, simulate, startedTrial } from '../simulated-study.contract.js'
import { nsga2 } from './nsga2.js'
import { bestOf, type Member, population } from './population.js'
import { breed, polynomial, simulatedBinary } from './variation.js'

samplerContract('nsga2', () => nsga2({ populationSize: 10 }), { seeds: 10 })

const cube: Space = Object.fromEntries(
  Array.from({ length: 8 }, (_, i) => [`x${i}`, { kind: 'float', low: 0, high: 1 } as const]),
)

/** ZDT1 (Zitzler, Deb & Thiele 2000): the front is f2 = 1 − √f1 where all but the first are 0. */
function zdt1(params: Params): readonly [number, number] {
  const [first, ...rest] = Object.values(params) as [number, ...number[]]
  const g = 1 + (9 * rest.reduce((sum, x) => sum + x, 0)) / rest.length
  return [first, g * (1 - Math.sqrt(first / g))]
}

/** Area dominated below (11, 11); 120.67 for the whole front of ZDT1. */
function area(points: readonly (readonly [number, number])[]): number {
  let sum = 0
  let top = 11
  for (const [x, y] of points.toSorted((a, b) => a[0] - b[0] || a[1] - b[1])) {
    sum += (11 - x) * Math.max(0, top - y)
    top = Math.min(top, y)
  }
  return sum
}

const areas = (make: () => SamplerFactory, parallel: number) =>
  Array.from({ length: 10 }, (_, seed) => {
    const outcome = (params: Params) => ({ state: 'complete', values: zdt1(params) }) as const
    const directions = ['minimize', 'minimize'] as const
    const steps = simulate(make(), { space: cube, directions, seed, trials: 250, parallel, outcome })
    return area(steps.map(({ suggestion }) => zdt1(suggestion.params)))
  })

test.each([
  ['uniform', 1],
  ['sbx', 1],
  ['uniform', 8],
] as const)('ZDT1, 250 trials: above random search in nine of ten seeds (%s, %i at once)', (crossover, parallel) => {
  const chance = areas(random, 1)
  const found = areas(() => nsga2({ crossover }), parallel)
  // FIGURES
  for (const [seed, value] of found.entries()) expect(value).toBeGreaterThan(chance[seed]!)
})

const member = (number: number, losses: readonly number[], violation = 0): Member => ({
  number,
  params: {},
  losses,
  violation,
})

test('feasible before infeasible, those by violation; fronts, then the emptier places', () => {
  const members = [
    member(0, [0, 0], 2),
    member(1, [5, 5]),
    member(2, [1, 4]),
    member(3, [2, 2.1]),
    member(4, [2.1, 2]),
    member(5, [4, 1]),
    member(6, [-9, -9], 0.5),
  ]
  expect(bestOf(members, 7).map(({ number }) => number)).toEqual([2, 5, 3, 4, 1, 6, 0])
  expect(bestOf(members, 2).map(({ number }) => number)).toEqual([2, 5])
})

test('a generation is so many results, whenever they were asked for; failures take no part', () => {
  const trials = population(['maximize'], 3)
  const finish = (number: number, values: readonly number[], constraints: readonly number[] = []) =>
    trials.add(finishedTrial(startedTrial(number, { params: {} }), { state: 'complete', values, constraints }))
  finish(0, [1])
  finish(1, [Number.NaN])
  trials.add(finishedTrial(startedTrial(2, { params: {} }), { state: 'pruned', reason: 'hopeless' }))
  finish(3, [3])
  expect(trials.generation).toBe(0)
  finish(4, [9], [0.1])
  expect(trials.generation).toBe(1)
  expect(trials.parents.map(({ number }) => number)).toEqual([3, 0, 4])
  for (const number of [5, 6, 7]) finish(number, [3 - number / 10])
  expect(trials.generation).toBe(2)
  expect(trials.parents.map(({ number }) => number)).toEqual([3, 5, 6])
})

test('children have the active parameters, those of one branch from the parent that has it', () => {
  const uniform = rng(5)
  for (let k = 0; k < 300; k++) {
    const parents = [drawParams(deep, uniform), drawParams(deep, uniform)] as const
    const crossover = k % 2 ? 'sbx' : 'uniform'
    const child = breed({ space: deep, crossover, parents, mutation: k < 150 ? 0.3 : 0, rng: uniform })
    expect(Object.keys(child)).toEqual(activeNames(deep, child))
    for (const [name, value] of Object.entries(child)) expect(contains(deep[name]!, value)).toBe(true)
    if (k < 150 || crossover === 'sbx') continue
    for (const [name, value] of Object.entries(child)) {
      const inherited = parents.map((parent) => parent[name]).filter((from) => from !== undefined)
      if (inherited.length > 0) expect(inherited).toContain(value)
    }
  }
})

test('simulated binary crossover keeps the mean of its parents and the bounds', () => {
  const uniform = rng(6)
  for (const [u, v] of [
    [0.4, 0.6],
    [0, 1],
    [0.01, 0.02],
  ] as const) {
    const draws = Array.from({ length: 4000 }, () => simulatedBinary(u, v, uniform))
    expect(Math.min(...draws)).toBeGreaterThanOrEqual(0)
    expect(Math.max(...draws)).toBeLessThanOrEqual(1)
    const mean = draws.reduce((sum, x) => sum + x, 0) / draws.length
    // sd of one draw about half of the gap: five standard errors
    expect(Math.abs(mean - (u + v) / 2)).toBeLessThan((5 * 0.55 * (v - u)) / Math.sqrt(4000))
  }
  expect(simulatedBinary(0.3, 0.3, uniform)).toBe(0.3)
})

test('polynomial mutation stays within the bounds and near', () => {
  const uniform = rng(7)
  for (const u of [0, 0.001, 0.5, 1]) {
    const moves = Array.from({ length: 1000 }, () => polynomial(u, uniform) - u)
    expect(u + Math.min(...moves)).toBeGreaterThanOrEqual(-1e-15)
    expect(u + Math.max(...moves)).toBeLessThanOrEqual(1 + 1e-15)
    expect(moves.reduce((sum, move) => sum + Math.abs(move), 0) / moves.length).toBeLessThan(0.06)
  }
})

test('the memo names the generation and the parents', () => {
  const outcome = (params: Params) => ({ state: 'complete', values: zdt1(params) }) as const
  const directions = ['minimize', 'minimize'] as const
  const steps = simulate(nsga2({ populationSize: 5 }), { space: cube, directions, seed: 2, trials: 11, outcome })
  const memos = steps.map(({ suggestion }) => suggestion.memo as { generation: number; parents: number[] })
  expect(memos.map(({ generation }) => generation)).toEqual([0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 2])
  for (const { generation, parents } of memos) {
    expect(parents.length).toBeLessThanOrEqual(2)
    expect(parents.length > 0).toBe(generation > 0)
    for (const parent of parents) expect(parent).toBeLessThan(5 * generation)
  }
})

test('points of a finite space are hardly ever tried twice', () => {
  const space: Space = { a: { kind: 'int', low: 0, high: 9 }, b: { kind: 'int', low: 0, high: 9 } }
  const outcome = ({ a, b }: Params) => ({ state: 'complete', values: [Number(a) + Number(b)] }) as const
  const steps = simulate(nsga2({ populationSize: 5 }), { space, seed: 2, trials: 60, outcome })
  const later = steps.slice(5).map(({ suggestion }) => JSON.stringify(suggestion.params))
  expect(new Set(later).size).toBeGreaterThan(0.9 * later.length)
})

test.each<readonly [object, string]>([
  [{ populationSize: 1 }, 'sampler nsga2: populationSize: expected a whole number, 2 or more, got 1'],
  [{ crossover: 'blx' }, 'sampler nsga2: crossover: expected "uniform" or "sbx", got "blx"'],
  [{ crossoverProbability: 2 }, 'sampler nsga2: crossoverProbability: expected a number from 0 to 1, got 2'],
  [{ crossovers: 'sbx' }, 'sampler nsga2: expected one of its options, got "crossovers". did you mean crossover?'],
])('refuses %j', (options, message) => {
  expect(() => nsga2(options)).toThrow(message)
})
