import { describe, expect, it } from 'vitest'
import { rng } from '../numerics/rng.js'
import { isActive } from '../space/activity.js'
import type { Choice, Params, Space } from '../space/distribution.js'
import { fromUnit } from '../space/unit-cube.js'
import { fanova } from './fanova.js'
import type { Observation } from './observation.js'

function drawn(space: Space, n: number, seed: number, loss: (p: Params) => number): Observation[] {
  const uniform = rng(seed)
  return Array.from({ length: n }, (_, trial) => {
    const params: Record<string, Choice> = {}
    for (const [name, parameter] of Object.entries(space)) {
      if (isActive(parameter, params)) params[name] = fromUnit(parameter, uniform())
    }
    return { trial, params, values: [loss(params)], losses: [loss(params)] }
  })
}

const analyse = (space: Space, trials: readonly Observation[], seed = 1) =>
  fanova(
    space,
    trials,
    trials.map(({ losses }) => losses[0] as number),
    seed,
  )

const unit = { kind: 'float', low: 0, high: 1 } as const
const flat: Space = { a: unit, b: unit, c: unit, kind: { kind: 'categorical', choices: ['x', 'y', 'z'] } }

describe('fANOVA', () => {
  it('finds the shares of an additive function', () => {
    // variances: a² · 1/12, (a/2)² · 1/12, 0.3² · 2/9
    const trials = drawn(flat, 400, 1, (p) => Number(p['a']) + Number(p['b']) / 2 + (p['kind'] === 'y' ? 0.3 : 0))
    const found = analyse(flat, trials)
    const total = 1 / 12 + 1 / 48 + 0.02
    const expected = { a: 1 / 12 / total, b: 1 / 48 / total, c: 0, kind: 0.02 / total }
    for (const [name, share] of Object.entries(expected)) {
      expect(Math.abs((found?.main.get(name) as number) - share), name).toBeLessThan(0.06)
    }
    expect(found?.pairs[0]?.share).toBeLessThan(0.05)
  })

  it('finds a pure interaction', () => {
    const trials = drawn(
      flat,
      400,
      2,
      (p) => (Number(p['a']) > 0.5 === (p['kind'] === 'x') ? 1 : 0) + 1e-3 * Number(p['b']),
    )
    const found = analyse(flat, trials)
    expect(found?.pairs[0]?.names).toEqual(['a', 'kind'])
    // E f given kind is constant; given a it moves by ±1/6: V_a = 1/36, V = 1/4
    expect(found?.pairs[0]?.share).toBeGreaterThan(0.6)
    expect(found?.main.get('a')).toBeCloseTo(1 / 9, 1)
  })

  it('finds a conditional parameter whose parent alone says nothing', () => {
    const space: Space = {
      optimizer: { kind: 'categorical', choices: ['adam', 'sgd'] },
      'optimizer.sgd.momentum': { ...unit, when: { optimizer: ['sgd'] } },
      noise: unit,
    }
    const trials = drawn(space, 200, 3, (p) =>
      p['optimizer'] === 'sgd' ? Number(p['optimizer.sgd.momentum']) - 0.5 : 0,
    )
    const found = analyse(space, trials)
    expect(found?.pairs[0]?.names).toEqual(['optimizer', 'optimizer.sgd.momentum'])
    // half of it alone, half with its parent, as it is active in half of the space
    expect(found?.main.get('optimizer.sgd.momentum')).toBeCloseTo(0.5, 1)
    expect(found?.pairs[0]?.share).toBeCloseTo(0.5, 1)
    expect(found?.main.get('noise')).toBeLessThan(0.02)
  })

  it('follows lists, whose length is the parent', () => {
    const space: Space = {
      layers: { kind: 'int', low: 1, high: 3 },
      'layers.0.units': { kind: 'int', low: 1, high: 64, log: true, when: { layers: [1, 2, 3] } },
      'layers.2.units': { kind: 'int', low: 1, high: 64, log: true, when: { layers: [3] } },
    }
    const trials = drawn(space, 300, 4, (p) => Math.log(Number(p['layers.2.units'] ?? 8)) + 1e-3 * Number(p['layers']))
    const main = analyse(space, trials)?.main
    expect(main?.get('layers.2.units')).toBeGreaterThan(5 * (main?.get('layers.0.units') as number))
  })

  it('is not taken over by one diverged trial', () => {
    const trials = drawn(flat, 100, 5, (p) => Number(p['a']))
    const diverged = trials.map((trial, i) => (i === 7 ? { ...trial, losses: [1e12] } : trial))
    expect(analyse(flat, diverged)?.main.get('a')).toBeGreaterThan(0.7)
  })

  it('gives the same for the same seed, and nothing where there is nothing', () => {
    const trials = drawn(flat, 50, 6, (p) => Number(p['a']) * Number(p['b']))
    expect(analyse(flat, trials)).toEqual(analyse(flat, trials))
    expect(analyse(flat, trials.slice(0, 7))).toBeUndefined()
    expect(
      analyse(
        flat,
        drawn(flat, 50, 6, () => 3),
      ),
    ).toBeUndefined()
  })
})
