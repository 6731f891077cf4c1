import { describe, expect, it } from 'vitest'
import { normalDraw, rng } from '../numerics/rng.js'
import type { Space } from '../space/distribution.js'
import { noiseOfNeighbours, noiseOfRepeats, settingsOf } from './noise.js'
import type { Observation } from './observation.js'
import { type WinnerOptions, winner } from './winner.js'

const space: Space = { x: { kind: 'float', low: 0, high: 1 }, y: { kind: 'float', low: 0, high: 1 } }

const at = (trial: number, x: number, loss: number): Observation => ({
  trial,
  params: { x, y: 0 },
  values: [loss],
  losses: [loss],
})
const options: WinnerOptions = { sign: 1, seed: 1 }

describe('the noise', () => {
  it('is the pooled spread of repeats, whatever the order of their parameters', () => {
    const other: Observation = { trial: 3, params: { y: 0, x: 0.5 }, values: [8], losses: [8] }
    const settings = settingsOf([at(0, 0.5, 6), at(1, 0.7, 1), at(2, 0.7, 3), other])
    expect(settings.map(({ trials }) => trials.map(({ trial }) => trial))).toEqual([
      [0, 3],
      [1, 2],
    ])
    expect(noiseOfRepeats(settings)).toEqual({ sd: Math.sqrt(2), source: 'repeats', freedom: 2 })
    expect(noiseOfRepeats(settingsOf([at(0, 0.1, 1), at(1, 0.2, 1)]))).toBeUndefined()
  })

  it.each([0, 0.05, 0.3])('is guessed from near trials: %d', (sd) => {
    // two smooth dimensions; the guess may be too high by what the slope adds
    const guesses = Array.from({ length: 11 }, (_, seed) => {
      const uniform = rng(seed, 11)
      const trials = Array.from({ length: 150 }, (_, trial): Observation => {
        const [x, y] = [uniform(), uniform()]
        const loss = (x - 0.3) ** 2 + (y - 0.6) ** 2 + sd * normalDraw(uniform)
        return { trial, params: { x, y }, values: [loss], losses: [loss] }
      })
      return noiseOfNeighbours(space, settingsOf(trials))?.sd as number
    })
    const middle = guesses.toSorted((a, b) => a - b)[5] as number
    // of the better half only, whose noise is cut: a half normal has 0.6 of the spread
    expect(middle).toBeGreaterThan(0.5 * sd)
    expect(middle).toBeLessThan(1.1 * sd + 0.02)
    expect(noiseOfNeighbours(space, settingsOf([at(0, 0, 1), at(1, 1, 1)]))).toBeUndefined()
  })
})

describe('the winner', () => {
  it('is certain without noise, and ties share', () => {
    const found = winner(space, [at(0, 0.1, 3), at(1, 0.2, 1), at(2, 0.3, 2)], { ...options, sd: 0 })
    expect(found?.best).toEqual({ trials: [1], mean: 1, interval: [1, 1], probability: 1 })
    expect(found?.contenders).toHaveLength(1)
    const tied = winner(space, [at(0, 0.1, 1), at(1, 0.2, 1)], { ...options, sd: 0 })
    expect(tied?.contenders.map(({ probability }) => probability)).toEqual([0.5, 0.5])
  })

  it('is not the luckiest but the one that was good again and again', () => {
    const good = [1, 1.1, 0.9, 1.05, 0.95].map((loss, i) => at(i, 0.5, loss))
    const lucky = at(9, 0.8, 0.8)
    const others = Array.from({ length: 10 }, (_, i) => at(20 + i, i / 20, 2 + i / 10))
    const found = winner(space, [...good, lucky, ...others], { ...options, sd: 0.5 })
    expect([found?.best.trials, found?.safest.trials]).toEqual([[9], [0, 1, 2, 3, 4]])
    expect(found?.best.interval[1]).toBeGreaterThan(1)
  })

  it('speaks in the units of a maximised objective', () => {
    const trials = [at(0, 0.1, -3), at(1, 0.2, -1), at(2, 0.3, -2)]
    const found = winner(space, trials, { ...options, sign: -1, sd: 0.3 })
    expect([found?.best.trials, found?.best.mean]).toEqual([[0], 3])
    expect((found?.best.interval[0] as number) < (found?.best.interval[1] as number)).toBe(true)
  })

  it('is unknown where nothing is known of the noise', () => {
    expect(winner(space, [at(0, 0.1, 1), at(1, 0.2, 2)], options)).toBeUndefined()
    expect(winner(space, [at(0, 0.1, 1)], { ...options, sd: 1 })).toBeUndefined()
  })
})
