import { describe, expect, it } from 'vitest'
import type { Params, Space } from '../space/distribution.js'
import type { Observation } from './observation.js'
import golden from './ped-anova.golden.json' with { type: 'json' }
import { pedAnova } from './ped-anova.js'

const observed = (trials: readonly (readonly [number, Params])[]): Observation[] =>
  trials.map(([value, params], trial) => ({ trial, params, values: [value], losses: [value] }))

describe('PED-ANOVA', () => {
  it.each(golden.cases)('agrees with Optuna: $name', ({ space, trials, direction, importance }) => {
    const sign = direction === 'maximize' ? -1 : 1
    const pairs = trials as unknown as readonly (readonly [number, Params])[]
    const losses = pairs.map(([value]) => sign * value)
    const ours = pedAnova(space as unknown as Space, observed(pairs), losses)
    expect([...ours.keys()].sort()).toEqual(Object.keys(importance).sort())
    for (const [name, expected] of Object.entries(importance)) {
      // the reference sums tails in logarithms
      expect(Math.abs((ours.get(name) as number) / expected - 1), name).toBeLessThan(1e-6)
    }
  })

  it('gives nothing to constants, and nothing to anything without trials', () => {
    const space: Space = { a: { kind: 'float', low: 0, high: 1 }, c: { kind: 'categorical', choices: [3] } }
    expect([...pedAnova(space, [], [])]).toEqual([
      ['a', 0],
      ['c', 0],
    ])
    const trials = observed(Array.from({ length: 20 }, (_, i) => [i, { a: i / 20, c: 3 }] as const))
    const values = trials.map(({ trial }) => trial)
    expect(pedAnova(space, trials, values).get('c')).toBe(0)
    expect(pedAnova(space, trials, values).get('a')).toBeGreaterThan(0)
  })

  it('has a place for normal parameters, whatever their values', () => {
    const space: Space = {
      z: { kind: 'normal', mean: 0, sd: 1 },
      other: { kind: 'normal', mean: 5, sd: 2, log: true },
    }
    const trials = observed(
      Array.from({ length: 40 }, (_, i) => [i, { z: (i - 20) / 10, other: Math.exp(5 + ((i * 7) % 40) / 10 - 2) }]),
    )
    const importance = pedAnova(
      space,
      trials,
      trials.map(({ trial }) => trial),
    )
    expect(importance.get('z')).toBeGreaterThan(3 * (importance.get('other') as number))
  })
})
