import { describe, expect, it } from 'vitest'
import { normalDraw, rng } from '../numerics/rng.js'
import { bestSoFar } from './best-so-far.js'
import { chanceOfGain, expectedGain, fitTail, reasonToStop } from './more-trials.js'
import type { Observation } from './observation.js'

const observed = (losses: readonly number[]): Observation[] =>
  losses.map((loss, trial) => ({ trial, params: {}, values: [-loss], losses: [loss] }))

const bowl = (uniform: () => number) => [1, 2, 3, 4].reduce((sum) => sum + (uniform() - 0.4) ** 2, 0)

it('the best so far has a step for each record', () => {
  expect(bestSoFar(observed([3, 3, 1, 2, 0]))).toEqual([
    { trial: 0, value: -3, index: 0 },
    { trial: 2, value: -1, index: 2 },
    { trial: 4, value: -0, index: 4 },
  ])
})

describe('the expected gain', () => {
  it.each([
    ['a bowl', bowl],
    ['a normal', normalDraw],
  ])('has intervals that hold, where losses are %s', (_, draw) => {
    // 60 searches of 50 trials and 50 more; more-trials.acceptance.ts has more of them
    const runs = 60
    let outside = 0
    for (let seed = 0; seed < runs; seed++) {
      const uniform = rng(seed, 5)
      const losses = Array.from({ length: 50 }, () => draw(uniform))
      const later = Array.from({ length: 50 }, () => draw(uniform))
      const gained = Math.max(0, Math.min(...losses) - Math.min(...later))
      const { interval } = expectedGain(fitTail(losses) as NonNullable<ReturnType<typeof fitTail>>, 50)
      if (gained < interval[0] || gained > interval[1]) outside++
    }
    // 10 % of 60 are 6; P(more than 15) < 0.001
    expect(outside).toBeLessThanOrEqual(15)
  })

  it('grows with the number of trials, and scales with the losses', () => {
    const losses = Array.from(
      { length: 60 },
      (
        (uniform) => () =>
          bowl(uniform)
      )(rng(1)),
    )
    const tail = fitTail(losses) as NonNullable<ReturnType<typeof fitTail>>
    const gains = [1, 10, 100].map((count) => expectedGain(tail, count))
    expect(gains.map(({ trials }) => trials)).toEqual([1, 10, 100])
    for (const [i, { chance, expected }] of gains.entries()) {
      expect(chance).toBeGreaterThan(gains[i - 1]?.chance ?? 0)
      expect(expected).toBeGreaterThan(gains[i - 1]?.expected ?? 0)
    }
    const larger = fitTail(losses.map((loss) => 1000 * loss - 5)) as typeof tail
    expect(expectedGain(larger, 10).expected / gains[1]!.expected).toBeCloseTo(1000, 6)
    expect(chanceOfGain(tail, 10, 1e9)).toBe(0)
  })

  it('is unknown for few trials, and nothing where all are equal', () => {
    expect(fitTail([1, 2, 3])).toBeUndefined()
    const tail = fitTail(new Array(20).fill(3)) as NonNullable<ReturnType<typeof fitTail>>
    expect(expectedGain(tail, 100)).toEqual({ trials: 100, chance: 0, expected: 0, interval: [0, 0] })
  })

  it('gives a reason to stop', () => {
    const stuck = observed([5, 4, 3, ...Array.from({ length: 40 }, (_, i) => 2 + (i % 7) / 100), 1])
    expect(reasonToStop(stuck, { gain: 0.5, trials: 20, chance: 0.05 })).toMatch(
      /^the chance that 20 more trials are better by more than 0\.5 is [0-4]\.\d %, below 5 %$/,
    )
    const open = observed(Array.from({ length: 30 }, (_, i) => 30 - i))
    expect(reasonToStop(open, { gain: 0, trials: 20, chance: 0.05 })).toBeUndefined()
    expect(reasonToStop([], { gain: 0, trials: 20, chance: 0.05 })).toBeUndefined()
  })
})
