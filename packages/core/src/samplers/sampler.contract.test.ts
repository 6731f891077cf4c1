import { describe, expect, test } from 'vitest'
import type { Outcome } from '../journal/event.js'
import { rng } from '../numerics/rng.js'
import type { Choice, Params } from '../space/distribution.js'
import { deep, everyKind, mixedOutcome } from './contract-spaces.contract.js'
import { random } from './random.js'
import {
  avoids,
  bearsDirections,
  isPure,
  isSeeded,
  keepsApart,
  mirrors,
  replays,
  spreadsOut,
  staysInSpace,
  survivesKills,
} from './sampler.contract.js'
import type { Ask, Sampler, SamplerFactory } from './sampler.js'

/** The random sampler with a fault: `fault` gets the healthy sampler of one problem and returns a sick one. */
function sick(fault: (healthy: Sampler) => Partial<Sampler>): SamplerFactory {
  return (problem) => {
    const healthy = random()(problem)
    return { ...healthy, ...fault(healthy) }
  }
}

const change = (params: Params, changes: { readonly [name: string]: Choice }) => ({ params: { ...params, ...changes } })
const draw = (healthy: Sampler, ask: Ask) => healthy.suggest([], ask)?.params as Params
const flat = { space: everyKind, seed: 1, trials: 40, outcome: mixedOutcome() }
const conditional = { ...flat, space: deep }

/** Counts its own suggestions: a leak. */
const leaky = sick((healthy) => {
  let count = 0
  return { suggest: (_, ask) => change(draw(healthy, ask), { float: (++count % 100) / 50 }) }
})
/** Counts only every fourth suggestion, so that suggesting twice in a row would not show it. */
const slowLeak = sick((healthy) => {
  let count = 0
  return { suggest: (_, ask) => change(draw(healthy, ask), { float: Math.floor(++count / 4) / 50 }) }
})
/** Counts the calls of `observe` instead of the trials. */
const countsCalls = sick((healthy) => {
  let calls = 0
  return {
    observe: () => void calls++,
    suggest: (_, ask) => change(draw(healthy, ask), { float: (calls % 100) / 50 }),
  }
})
/** Follows the lowest raw value, whatever the trial's state and the direction; steps a little aside. */
const greedy = (isValid: (value: number) => boolean): SamplerFactory =>
  sick((healthy) => {
    let best: { value: number; params: Params } | undefined
    return {
      observe(finished) {
        for (const { outcome, params } of finished) {
          const value = outcome?.state === 'complete' ? outcome.values[0] || -1e9 : -1e9
          if (isValid(value) && (!best || value < best.value)) best = { value, params }
        }
      },
      suggest: (_, ask) => ({ params: best && ask.number % 2 ? best.params : draw(healthy, ask) }),
    }
  })

describe('the sampler contract catches', () => {
  test('a value outside the space', () => {
    const outside = sick((healthy) => ({ suggest: (_, ask) => change(draw(healthy, ask), { float: 7.0001 }) }))
    expect(() => staysInSpace(outside, flat)).toThrow()
  })
  test('a value between two steps', () => {
    const between = sick((healthy) => ({ suggest: (_, ask) => change(draw(healthy, ask), { floatStep: 0.12 }) }))
    expect(() => staysInSpace(between, flat)).toThrow()
  })
  test('a choice given as its index', () => {
    const index = sick((healthy) => ({ suggest: (_, ask) => change(draw(healthy, ask), { choice: 1 }) }))
    expect(() => staysInSpace(index, flat)).toThrow()
  })
  test('an inactive parameter', () => {
    const inactive = sick((healthy) => ({ suggest: (_, ask) => change(draw(healthy, ask), { shared: 1 }) }))
    expect(() => staysInSpace(inactive, conditional)).toThrow()
  })
  test('a missing parameter', () => {
    const missing = sick((healthy) => ({
      suggest: (_, ask) => {
        const { lr: _lr, ...params } = draw(healthy, ask)
        return { params }
      },
    }))
    expect(() => staysInSpace(missing, conditional)).toThrow()
  })
  test('a memo that JSON cannot hold', () => {
    const lossy = sick((healthy) => ({
      suggest: (_, ask) => ({ params: draw(healthy, ask), memo: { infinite: Infinity } }),
    }))
    expect(() => staysInSpace(lossy, flat)).toThrow()
  })
  test('a leak', () => {
    for (const make of [leaky, slowLeak]) expect(() => isPure(make, flat)).toThrow()
  })
  test('dependence on how results were delivered', () => {
    for (const make of [leaky, countsCalls]) expect(() => replays(make, flat)).toThrow()
  })
  test('dependence on what a killed process had seen', async () => {
    for (const make of [leaky, countsCalls]) await expect(survivesKills(make, everyKind, 40)).rejects.toThrow()
  })
  test('a change of what it was given', () => {
    const vandal = sick((healthy) => ({
      observe: (finished) => void (finished as unknown[]).pop(),
      suggest: (_, ask) => ({ params: draw(healthy, ask) }),
    }))
    expect(() => replays(vandal, flat)).toThrow(TypeError)
  })
  test('state shared by two studies', () => {
    let count = 0
    const shared = sick((healthy) => ({
      suggest: (_, ask) => change(draw(healthy, ask), { float: (++count % 100) / 50 }),
    }))
    expect(() => keepsApart(shared, 40)).toThrow()
  })
  test('dice of its own', () => {
    let seed = 0
    const dice = sick((healthy) => ({
      suggest: (_, { number }) => ({ params: draw(healthy, { number, rng: rng(++seed) }) }),
    }))
    expect(() => replays(dice, flat)).toThrow()
  })
  test('a seed that is ignored', () => {
    const fixed = sick((healthy) => ({
      suggest: (_, { number }) => ({ params: draw(healthy, { number, rng: rng(5, number) }) }),
    }))
    expect(() => isSeeded(fixed, 40)).toThrow()
  })
  test('the same point for all that run at once', () => {
    const alike = sick((healthy) => {
      let seen = 0
      return {
        observe(finished) {
          seen += finished.length
        },
        suggest: (_, { number }) => ({ params: draw(healthy, { number, rng: rng(5, seen) }) }),
      }
    })
    expect(() => spreadsOut(alike, 40)).toThrow()
  })
  test('a direction that is ignored', () => {
    expect(() => mirrors(greedy(Number.isFinite), flat)).toThrow()
  })
  test('a taste for failures, NaN, infinite and missing values', () => {
    const nan = (): Outcome => ({ state: 'failed', cause: 'nan', message: 'NaN' })
    const infinite = (): Outcome => ({ state: 'complete', values: [-Infinity] })
    const missing = (): Outcome => ({ state: 'complete', values: [] })
    const notANumber = (): Outcome => ({ state: 'complete', values: [Number.NaN] })
    for (const bad of [nan, infinite, missing, notANumber])
      expect(() =>
        avoids(
          greedy(() => true),
          bad,
          20,
        ),
      ).toThrow()
  })
  test('a refusal of several directions that is not announced, and the reverse', () => {
    expect(() => bearsDirections(random(), 'one')).toThrow()
    const refuses: SamplerFactory = () => {
      throw new Error('no')
    }
    expect(() => bearsDirections(refuses, 'any')).toThrow()
    expect(() => bearsDirections(refuses, 'one')).toThrow()
  })
})
