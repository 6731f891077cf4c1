import { expect, test } from 'vitest'
import type { Space } from '../../space/distribution.js'
import { random } from '../random.js'
import { samplerByName } from '../registry.js'
import { samplerContract } from '../sampler.contract.js'
import { type Simulation, simulate } from '../simulated-study.contract.js'
import { choiceProbabilities, countGood, hyperoptTpe } from './hyperopt.js'

samplerContract('tpe (compat hyperopt)', hyperoptTpe, { objectives: 'one' })

const line: Space = { x: { kind: 'float', low: -5, high: 5 } }
const bowl: Simulation = {
  space: line,
  seed: 2,
  trials: 40,
  outcome: ({ x }) => ({ state: 'complete', values: [((x as number) - 3) ** 2] }),
}

test('the number of good trials is that of Hyperopt', () => {
  const counts = [20, 64, 65, 100, 145, 400, 1000, 2500, 9217, 20_000].map((N) => countGood(N, 0.25, 25))
  expect(counts).toEqual([2, 2, 3, 3, 4, 5, 8, 13, 25, 25])
})

test('choices have pseudo-counts: one each, or K times the weight', () => {
  // trials 0 to 4 took choices 0 2 2 1 2, the good ones are 1 and 2
  const column = { coordinate: undefined, z: [0, 2, 2, 1, 2], byNumber: [0, 1, 2, 3, 4], byValue: [0, 3, 1, 2, 4] }
  const isBelow = Uint8Array.of(0, 1, 1, 0, 0)
  const equal = { kind: 'categorical', choices: ['a', 'b', 'c'] } as const
  const weighted = { ...equal, weights: [0.5, 0.25, 0.25] }
  const of = (d: typeof equal, wanted: 0 | 1, priorWeight: number) =>
    Array.from(choiceProbabilities(d, { column, isBelow, options: { priorWeight } }, wanted))
  expect(of(equal, 1, 1)).toEqual([1 / 5, 1 / 5, 3 / 5])
  expect(of(equal, 0, 2)).toEqual([3 / 9, 3 / 9, 3 / 9])
  expect(of(weighted, 1, 1)).toEqual([1.5 / 5, 0.75 / 5, 2.75 / 5])
})

test('start-up is random search and counts running trials', () => {
  const drawn = simulate(random(), bowl).map((step) => step.suggestion)
  const suggested = simulate(hyperoptTpe(), bowl).map((step) => step.suggestion)
  expect(suggested.slice(0, 20)).toEqual(drawn.slice(0, 20))
  expect(suggested.slice(20).every(({ params }, i) => params['x'] !== drawn[20 + i]?.params['x'])).toBe(true)
  const parallel = simulate(hyperoptTpe(), { ...bowl, trials: 21, parallel: 30 })
  expect(parallel[19]?.suggestion).toEqual(drawn[19])
  expect(parallel[20]?.suggestion).not.toEqual(drawn[20])
})

test('later trials lie near good ones, in number and in choice', () => {
  const space: Space = { ...line, arm: { kind: 'categorical', choices: ['bad', 'good', 'poor'] } }
  let distance = 0
  let good = 0
  for (let seed = 0; seed < 10; seed++) {
    const steps = simulate(hyperoptTpe(), {
      space,
      seed,
      trials: 60,
      outcome: ({ x, arm }) => ({ state: 'complete', values: [((x as number) - 3) ** 2 + (arm === 'good' ? 0 : 5)] }),
    })
    for (const { suggestion } of steps.slice(30)) {
      distance += Math.abs((suggestion.params['x'] as number) - 3) / 300
      if (suggestion.params['arm'] === 'good') good++
    }
  }
  // independent draws: 3.4 and 100 of 300 (standard deviation 8); the seeds are fixed
  expect(distance).toBeLessThan(2.6)
  expect(good).toBeGreaterThan(140)
})

test('is what the registry gives for compat: hyperopt', () => {
  const options = {
    compat: 'hyperopt',
    startupTrials: 5,
    candidates: 7,
    gamma: 0.5,
    priorWeight: 2,
    linearForgetting: 9,
  }
  const named = simulate(samplerByName({ name: 'tpe', ...options }), bowl)
  const { compat: _compat, ...own } = options
  expect(named).toEqual(simulate(hyperoptTpe(own), bowl))
  expect(named).not.toEqual(simulate(hyperoptTpe(), bowl))
})

test.each<readonly [object, string]>([
  [{ gama: 1 }, 'sampler tpe (compat hyperopt): expected one of its options, got "gama". did you mean gamma?'],
  [{ gamma: 0 }, 'sampler tpe (compat hyperopt): gamma: expected a number above 0, got 0'],
  [{ candidates: 0 }, 'sampler tpe (compat hyperopt): candidates: expected a whole number, 1 or more, got 0'],
  [{ startupTrials: 1.5 }, 'sampler tpe (compat hyperopt): startupTrials: expected a whole number, 0 or more, got 1.5'],
])('refuses %j', (options, message) => {
  expect(() => hyperoptTpe(options)).toThrow(message)
})

test('refuses several objectives', () => {
  expect(() => hyperoptTpe()({ space: line, directions: ['minimize', 'maximize'], seed: 1 })).toThrow(
    'sampler tpe: expected one objective, got 2. tpe, gp, nsga2, random, grid and qmc take several',
  )
})
