import { expect, test } from 'vitest'
import type { TrialRecord } from '../journal/state.js'
import { rng } from '../numerics/rng.js'
import type { Params, Space } from '../space/distribution.js'
import { anneal } from './anneal.js'
import { samplerContract } from './sampler.contract.js'
import { finishedTrial, startedTrial } from './simulated-study.contract.js'

samplerContract('anneal', anneal, { objectives: 'one' })

const complete = (number: number, params: Params, value: number): TrialRecord =>
  finishedTrial(startedTrial(number, { params }), { state: 'complete', values: [value] })

/** Suggestions of many trials after the same history. */
function after(space: Space, finished: readonly TrialRecord[], draws = 2000): Params[] {
  const sampler = anneal()({ space, directions: ['minimize'], seed: 1 })
  sampler.observe(finished)
  return Array.from({ length: draws }, (_, k) => sampler.suggest([], { number: 100 + k, rng: rng(1, k) })?.params ?? {})
}

test('the neighbourhood is the range over 1 + T / 10, moved inside the range', () => {
  const space: Space = { x: { kind: 'float', low: 0, high: 100 } }
  const history = Array.from({ length: 10 }, (_, k) => complete(k, { x: 5 }, k))
  const xs = after(space, history).map(({ x }) => x as number)
  expect(Math.min(...xs)).toBeGreaterThanOrEqual(0)
  expect(Math.max(...xs)).toBeLessThanOrEqual(50)
  // uniform on [0, 50]: mean 25, standard error 0.32; five of them
  expect(Math.abs(xs.reduce((sum, x) => sum + x, 0) / xs.length - 25)).toBeLessThan(1.6)
})

test('starts from the best trial half of the time, from the second best a quarter', () => {
  const space: Space = { k: { kind: 'categorical', choices: [0, 1, 2, 3] } }
  const history = Array.from({ length: 400 }, (_, n) => complete(n, { k: n % 4 }, n < 4 ? n : 10 + n))
  const share = (k: number) => after(space, history).filter((params) => params['k'] === k).length / 2000
  // r = 1 / 41 goes to the prior; standard errors 0.011 and 0.01, five of them
  expect(Math.abs(share(0) - (0.5 + 0.03) * (1 - 1 / 41) - 0.25 / 41)).toBeLessThan(0.055)
  expect(Math.abs(share(1) - (0.25 + 0.02) * (1 - 1 / 41) - 0.25 / 41)).toBeLessThan(0.05)
})

test('all parameters start from one base trial', () => {
  const space: Space = {
    x: { kind: 'float', low: 0, high: 1000 },
    y: { kind: 'float', low: 0, high: 1000 },
  }
  // widths 1000 / 101; corners far apart
  const history = Array.from({ length: 1000 }, (_, n) =>
    complete(n, n % 2 ? { x: 100, y: 900 } : { x: 900, y: 100 }, n),
  )
  for (const { x, y } of after(space, history)) expect(Math.abs((x as number) + (y as number) - 1000)).toBeLessThan(10)
})

test('a parameter nobody has tried is drawn from its prior', () => {
  const space: Space = {
    branch: { kind: 'categorical', choices: ['a', 'b'] },
    'branch.b.x': { kind: 'float', low: 0, high: 1, when: { branch: ['b'] } },
  }
  const xs = after(space, [complete(0, { branch: 'a' }, 1)])
    .map((params) => params['branch.b.x'] as number | undefined)
    .filter((x) => x !== undefined)
  expect(xs.length).toBeGreaterThan(100)
  expect(Math.min(...xs)).toBeLessThan(0.05)
  expect(Math.max(...xs)).toBeGreaterThan(0.95)
})

test.each<readonly [object, string]>([
  [{ shrink: 0 }, 'sampler anneal: shrink: expected a number above 0, got 0'],
  [{ averageBestRank: 0.5 }, 'sampler anneal: averageBestRank: expected a number, 1 or more, got 0.5'],
  [{ shrinks: 1 }, 'sampler anneal: expected one of its options, got "shrinks". did you mean shrink?'],
])('refuses %j', (options, message) => {
  expect(() => anneal(options)).toThrow(message)
})
