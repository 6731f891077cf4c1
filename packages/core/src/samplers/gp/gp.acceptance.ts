import { describe, expect, test } from 'vitest'
import type { Outcome } from '../../journal/event.js'
import { rng } from '../../numerics/rng.js'
import type { Params, Space } from '../../space/distribution.js'
import { random } from '../random.js'
import { samplerContract } from '../sampler.contract.js'
import type { SamplerFactory } from '../sampler.js'
import { simulate } from '../simulated-study.contract.js'
import { gp } from './gp.js'

samplerContract('gp', () => gp({ candidates: 200 }), { trials: 30, seeds: 6 })

const float = (low: number, high: number) => ({ kind: 'float', low, high }) as const
const SEEDS = 8

function branin(p: Params): number {
  const x = p['x'] as number
  const y = p['y'] as number
  const bowl = (y - (5.1 / (4 * Math.PI ** 2)) * x * x + (5 / Math.PI) * x - 6) ** 2
  return bowl + 10 * (1 - 1 / (8 * Math.PI)) * Math.cos(x) + 10 - 0.39788735772973816
}

const HARTMANN_A = [
  [10, 3, 17, 3.5, 1.7, 8],
  [0.05, 10, 17, 0.1, 8, 14],
  [3, 3.5, 1.7, 10, 17, 8],
  [17, 8, 0.05, 10, 0.1, 14],
]
const HARTMANN_P = [
  [1312, 1696, 5569, 124, 8283, 5886],
  [2329, 4135, 8307, 3736, 1004, 9991],
  [2348, 1451, 3522, 2883, 3047, 6650],
  [4047, 8828, 8732, 5743, 1091, 381],
]

function hartmann6(p: Params): number {
  let sum = 3.32236801141551
  for (const [i, weight] of [1, 1.2, 3, 3.2].entries()) {
    let r = 0
    for (let j = 0; j < 6; j++) r += HARTMANN_A[i]![j]! * ((p[`x${j}`] as number) - HARTMANN_P[i]![j]! / 1e4) ** 2
    sum -= weight * Math.exp(-r)
  }
  return sum
}

/** The branch that is worst at a random point holds the best one. */
const branched: Space = {
  kind: { kind: 'categorical', choices: ['flat', 'sharp', 'stepped'] },
  'kind.flat.a': { ...float(0, 1), when: { kind: ['flat'] } },
  'kind.sharp.a': { ...float(0, 1), when: { kind: ['sharp'] } },
  'kind.sharp.b': { kind: 'float', low: 1e-4, high: 1, log: true, when: { kind: ['sharp'] } },
  'kind.stepped.k': { kind: 'int', low: 1, high: 9, when: { kind: ['stepped'] } },
}

function branchedLoss(p: Params): number {
  if (p['kind'] === 'flat') return 0.4 + 0.1 * (p['kind.flat.a'] as number)
  if (p['kind'] === 'stepped') return 0.3 + 0.05 * Math.abs((p['kind.stepped.k'] as number) - 6)
  return 8 * ((p['kind.sharp.a'] as number) - 0.7) ** 2 + 0.5 * (Math.log10(p['kind.sharp.b'] as number) + 2.5) ** 2
}

const problems: readonly (readonly [string, Space, (p: Params) => number])[] = [
  ['branin', { x: float(-5, 10), y: float(0, 15) }, branin],
  ['hartmann6', Object.fromEntries([0, 1, 2, 3, 4, 5].map((j) => [`x${j}`, float(0, 1)])), hartmann6],
  ['a conditional space', branched, branchedLoss],
]

interface Race {
  readonly space: Space
  readonly loss: (p: Params) => number
  readonly trials: number
  readonly parallel?: number
  readonly failures?: number
}

/** The best loss of one study; a share of the trials fails by chance. */
function bestOf(make: SamplerFactory, { space, loss, trials, parallel = 1, failures = 0 }: Race, seed: number): number {
  const outcome = (p: Params, number: number): Outcome =>
    rng(seed, number, 5)() < failures
      ? { state: 'failed', cause: 'exit', message: 'exit code 1' }
      : { state: 'complete', values: [loss(p)] }
  let best = Infinity
  for (const step of simulate(make, { space, seed, trials, parallel, outcome }))
    if (rng(seed, step.number, 5)() >= failures) best = Math.min(best, loss(step.suggestion.params))
  return best
}

/** In how many of 8 studies the process is better than random search with five times the trials. */
function wins(race: Race): number {
  let count = 0
  for (let seed = 0; seed < SEEDS; seed++)
    if (bestOf(gp(), race, seed) < bestOf(random(), { ...race, trials: 5 * race.trials, failures: 0 }, seed)) count++
  return count
}

// a sampler no better than such a search wins 7 of 8 or more with probability 9 / 256 in each test
describe('better than random search with five times the trials', () => {
  test.each(problems)('%s, one at a time', (_, space, loss) => {
    expect(wins({ space, loss, trials: 50 })).toBeGreaterThanOrEqual(7)
  })
  test.each(problems)('%s, eight running', (_, space, loss) => {
    expect(wins({ space, loss, trials: 60, parallel: 8 })).toBeGreaterThanOrEqual(7)
  })
  test.each(problems)('%s, a fifth of the trials failing by chance', (_, space, loss) => {
    expect(wins({ space, loss, trials: 60, failures: 0.2 })).toBeGreaterThanOrEqual(7)
  })
})

/** The area below (1.1, 1.1) that the points dominate. */
function hypervolume(points: readonly (readonly [number, number])[]): number {
  let area = 0
  let top = 1.1
  for (const [a, b] of [...points].sort((p, q) => p[0] - q[0])) {
    if (a >= 1.1 || b >= top) continue
    area += (1.1 - a) * (top - b)
    top = b
  }
  return area
}

test('two objectives: more hypervolume in 50 trials than random search in 250, in 7 of 8 studies or more', () => {
  const space = { a: float(0, 1), b: float(0, 1), c: float(0, 1) }
  // ZDT1 with three variables
  const losses = (p: Params): readonly [number, number] => {
    const a = p['a'] as number
    const g = 1 + 4.5 * ((p['b'] as number) + (p['c'] as number))
    return [a, g * (1 - Math.sqrt(a / g))]
  }
  const volume = (make: SamplerFactory, seed: number, trials: number) => {
    const outcome = (p: Params): Outcome => ({ state: 'complete', values: [...losses(p)] })
    const steps = simulate(make, { space, directions: ['minimize', 'minimize'], seed, trials, outcome })
    return hypervolume(steps.map((step) => losses(step.suggestion.params)))
  }
  let count = 0
  for (let seed = 0; seed < SEEDS; seed++) if (volume(gp(), seed, 50) > volume(random(), seed, 250)) count++
  expect(count).toBeGreaterThanOrEqual(7)
})

test('a constraint that excludes the unconstrained optimum is learned', () => {
  const space = { x: float(-2, 2), y: float(-2, 2) }
  const loss = (p: Params) => (p['x'] as number) ** 2 + (p['y'] as number) ** 2
  for (let seed = 0; seed < 3; seed++) {
    const outcome = (p: Params): Outcome => ({
      state: 'complete',
      values: [loss(p)],
      constraints: [1 - (p['x'] as number) - (p['y'] as number)],
    })
    const steps = simulate(gp(), { space, seed, trials: 40, outcome })
    const feasible = steps.map((s) => s.suggestion.params).filter((p) => (p['x'] as number) + (p['y'] as number) >= 1)
    // the optimum is 0.5, at (0.5, 0.5)
    expect(Math.min(...feasible.map(loss))).toBeLessThan(0.52)
    expect(feasible.length).toBeGreaterThan(15)
  }
})
