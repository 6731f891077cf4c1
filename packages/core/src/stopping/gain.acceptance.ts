import { describe, expect, it } from 'vitest'
import { expectedGain, fitTail } from '../analysis/more-trials.js'
import { normalDraw, rng } from '../numerics/rng.js'
import { lastJudgement } from './gain.js'

/**
 * False stops: a random search is stopped although the mean gain of 20 more trials, over what they may be, is above the
 * least. Rates are stated per tail: one without an end looks to the fit like one with an end not far below the record.
 */
const searches: readonly { name: string; least: number; rate: number; draw: (uniform: () => number) => number }[] = [
  ...[1, 2, 5].map((dimensions) => ({
    name: `a bowl of ${dimensions} dimensions`,
    least: 0.02 * dimensions,
    rate: 0.01,
    draw: (uniform: () => number) => {
      let sum = 0
      for (let i = 0; i < dimensions; i++) sum += (uniform() - 0.4) ** 2
      return sum
    },
  })),
  { name: 'a normal', least: 0.1, rate: 0.3, draw: normalDraw },
  { name: 'an exponential', least: 0.02, rate: 0.05, draw: (uniform) => -Math.log(1 - uniform()) },
]

const RUNS = 300
const FUTURES = 40

describe.each(searches)('the rule on the expected gain, where losses are $name', ({ least, rate, draw }) => {
  it('stops too early no more often than stated', () => {
    let [stopped, early, far] = [0, 0, 0]
    for (let seed = 0; seed < RUNS; seed++) {
      const uniform = rng(seed, 0x90)
      const losses: number[] = []
      let below = 0
      while (losses.length < 400 && below < 2) {
        losses.push(draw(uniform))
        if (lastJudgement(losses.length) === losses.length) below = isBelow(losses, least) ? below + 1 : 0
      }
      if (below < 2) continue
      stopped++
      const gain = gainOf(losses, () => draw(uniform))
      if (gain > least) early++
      if (gain > 2 * least) far++
    }
    expect(stopped).toBeGreaterThan(0.9 * RUNS)
    // 3 standard errors of the stated rate
    expect(early / RUNS).toBeLessThan(rate + 3 * Math.sqrt((rate * (1 - rate)) / RUNS))
    expect(far / RUNS).toBeLessThan(rate / 2 + 3 * Math.sqrt((rate * (1 - rate)) / RUNS))
  })
})

function isBelow(losses: readonly number[], least: number): boolean {
  const tail = losses.length < 30 ? undefined : fitTail(losses)
  return tail !== undefined && expectedGain(tail, 20).expected < least
}

/** The mean over futures of what 20 more draws take off the best. */
function gainOf(losses: readonly number[], draw: () => number): number {
  const best = Math.min(...losses)
  let sum = 0
  for (let f = 0; f < FUTURES; f++) {
    sum += Math.max(0, best - Math.min(...Array.from({ length: 20 }, draw)))
  }
  return sum / FUTURES
}
