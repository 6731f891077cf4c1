import { expect, test } from 'vitest'
import type { TrialRecord } from '../../journal/state.js'
import { rng } from '../../numerics/rng.js'
import type { Params, Space } from '../../space/distribution.js'
import { samplerContract } from '../sampler.contract.js'
import { finishedTrial, type Simulation, simulate, startedTrial } from '../simulated-study.contract.js'
import { type CmaesOptions, cmaes } from './cmaes.js'

samplerContract('cmaes', cmaes, { objectives: 'one', seeds: 10 })

const cube = (d: number): Space =>
  Object.fromEntries(Array.from({ length: d }, (_, i) => [`x${i}`, { kind: 'float', low: 0, high: 1 } as const]))

type Loss = (x: readonly number[]) => number
const sphere: Loss = (x) => x.reduce((sum, v) => sum + (v - 0.3) ** 2, 0)
const ellipsoid: Loss = (x) => x.reduce((sum, v, i) => sum + 10 ** ((4 * i) / (x.length - 1)) * (v - 0.3) ** 2, 0)
const rosenbrock: Loss = (x) => {
  const y = x.map((v) => 4 * v - 2)
  return y.slice(1).reduce((sum, next, i) => sum + 100 * (next - y[i]! ** 2) ** 2 + (1 - y[i]!) ** 2, 0)
}
const edge: Loss = (x) => x.reduce((sum, v) => sum + v, 0)

const numbers = (params: Params) => Object.values(params) as number[]

/** The best loss of each seed, ascending. */
function bests(space: Space, loss: (params: Params) => number, rest: Partial<Simulation>, options: CmaesOptions = {}) {
  const best = (seed: number) => {
    const outcome = (params: Params) => ({ state: 'complete', values: [loss(params)] }) as const
    const steps = simulate(cmaes(options), { space, seed, trials: 300, outcome, ...rest })
    return Math.min(...steps.map(({ suggestion }) => loss(suggestion.params)))
  }
  return Array.from({ length: 9 }, (_, seed) => best(seed)).sort((a, b) => a - b)
}

// nine in ten of 180 other seeds stay below each bound, so a median of nine is above it once in 1,100 times (binomial)
test.each<readonly [string, Loss, number, number, number]>([
  ['sphere', sphere, 300, 1, 2e-4],
  ['sphere, 16 at once', sphere, 300, 16, 6e-3],
  ['ellipsoid of condition 10⁴', ellipsoid, 600, 1, 1e-2],
  ['rosenbrock', rosenbrock, 600, 1, 5],
  ['optimum in a corner', edge, 300, 1, 0.25],
])('goes down: %s', (_, loss, trials, parallel, bound) => {
  expect(bests(cube(5), (params) => loss(numbers(params)), { trials, parallel })[4]).toBeLessThan(bound)
})

test('integers and steps do not freeze beside numbers', () => {
  const space: Space = {
    ...cube(3),
    k: { kind: 'int', low: 0, high: 20 },
    n: { kind: 'int', low: 1, high: 1024, log: true },
    s: { kind: 'float', low: 0, high: 1, step: 0.25 },
  }
  const loss = ({ x0, x1, x2, k, n, s }: Params) =>
    sphere([x0, x1, x2] as number[]) +
    Math.abs((k as number) - 17) / 20 +
    Math.abs(Math.log2((n as number) / 64)) / 10 +
    Math.abs((s as number) - 0.75)
  expect(bests(space, loss, { trials: 400 })[4]).toBeLessThan(0.02)
})

test('finds the branch and its numbers in a conditional space', () => {
  const space: Space = {
    kind: { kind: 'categorical', choices: ['a', 'b', 'c', 'd'] },
    x: { kind: 'float', low: 0, high: 1 },
    'kind.c.y': { kind: 'float', low: 0, high: 1, when: { kind: ['c'] } },
    'kind.d.z': { kind: 'float', low: 0, high: 1, when: { kind: ['d'] } },
  }
  const loss = (p: Params) => {
    const rest = ((p['x'] as number) - 0.2) ** 2
    if (p['kind'] === 'c') return rest + 2 * ((p['kind.c.y'] as number) - 0.9) ** 2
    return rest + 0.2
  }
  expect(bests(space, loss, {})[4]).toBeLessThan(0.07)
})

/** Memos of a run on two numbers. */
function memos(rest: Partial<Simulation> & Pick<Simulation, 'outcome'>) {
  return simulate(cmaes(), { space: cube(2), seed: 1, trials: 400, ...rest }).map(
    ({ suggestion }) => suggestion.memo as { restart: number; generation: number; genes: number[] },
  )
}

test('an objective without slope is searched again from elsewhere, in generations twice as large', () => {
  const found = memos({ outcome: () => ({ state: 'complete', values: [1] }) })
  const trialsOf = (restart: number) => found.filter((memo) => memo.restart === restart && memo.generation === 0).length
  const sizes = [trialsOf(0), trialsOf(1)]
  // λ = 4 + ⌊3 ln 2⌋
  expect(sizes).toEqual([6, 12])
})

test('a generation without any result starts again from elsewhere', () => {
  const found = memos({ trials: 13, outcome: () => ({ state: 'failed', cause: 'exit', message: 'exit code 1' }) })
  expect(found.map(({ restart }) => restart)).toEqual([0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1])
})

test('starts around the best tenth of the trials that were there before', () => {
  const space = cube(3)
  const earlier = simulate(cmaes({ sigma: 1 }), {
    space,
    seed: 3,
    trials: 60,
    outcome: (params) => ({ state: 'complete', values: [sphere(numbers(params))] }),
  })
  const last = earlier[59]!
  const others = last.finished.map(({ memo: _, ...trial }) => trial)
  const first = (finished: typeof others) => {
    const sampler = cmaes()({ space, directions: ['minimize'], seed: 1 })
    sampler.observe(finished)
    const losses = Array.from({ length: 200 }, (_, number) => {
      let u = number
      const params = sampler.suggest([], { number, rng: () => (u = (u + 0.7548776662466927) % 1) })!.params
      return sphere(numbers(params))
    })
    return losses.reduce((sum, loss) => sum + loss, 0) / losses.length
  }
  expect(first(others)).toBeLessThan(first(others.slice(0, 5)) / 2)
})

/** A sampler on three numbers (λ = 7), and its next suggestion and generation. */
function session() {
  const sampler = cmaes()({ space: cube(3), directions: ['minimize'], seed: 1 })
  let number = 0
  const ask = () => startedTrial(number, sampler.suggest([], { number, rng: rng(1, number++) })!)
  const tell = (trial: TrialRecord, value: number) =>
    sampler.observe([finishedTrial(trial, { state: 'complete', values: [value] })])
  const generation = () => (ask().memo as { generation: number }).generation
  return { ask, tell, generation }
}

test('a trial from before a restart is left out', () => {
  const { ask, tell, generation } = session()
  const late = ask()
  for (const trial of Array.from({ length: 7 }, ask)) tell(trial, Number.NaN)
  const next = Array.from({ length: 14 }, ask)
  tell(late, -1)
  for (const trial of next.slice(0, 13)) tell(trial, trial.number)
  expect(generation()).toBe(0)
  tell(next[13]!, 1)
  expect(generation()).toBe(1)
})

test('a late trial of an earlier generation counts in the present one', () => {
  const { ask, tell, generation } = session()
  const late = ask()
  for (const trial of Array.from({ length: 7 }, ask)) tell(trial, trial.number)
  const next = Array.from({ length: 7 }, ask)
  tell(late, 3)
  for (const trial of next.slice(0, 5)) tell(trial, trial.number)
  expect(generation()).toBe(1)
  tell(next[5]!, 1)
  expect(generation()).toBe(2)
})

test('the trials a warm start was made from do not count in its first generation', () => {
  const { ask, tell, generation } = session()
  for (let k = 0; k < 20; k++) tell(startedTrial(100 + k, { params: { x0: k / 20, x1: 0.5, x2: 0.5 } }), k)
  const own = Array.from({ length: 7 }, ask)
  for (const trial of own.slice(0, 6)) tell(trial, trial.number)
  expect(generation()).toBe(0)
  tell(own[6]!, 1)
  expect(generation()).toBe(1)
})

test.each<readonly [object, string]>([
  [{ sigma: 0 }, 'sampler cmaes: sigma: expected a number above 0, got 0'],
  [{ populationSize: 3 }, 'sampler cmaes: populationSize: expected a whole number, 4 or more, got 3'],
  [{ lambda: 9 }, 'sampler cmaes: expected one of its options, got "lambda". known: sigma, populationSize'],
])('refuses %j', (options, message) => {
  expect(() => cmaes(options)).toThrow(message)
})
