import { describe, expect, it } from 'vitest'
import { normalDraw, rng } from '../numerics/rng.js'
import { chanceOfGain, expectedGain, fitTail } from './more-trials.js'

/** Losses of random search: bowls of d dimensions, a plateau, heavy and light tails. */
const searches: readonly { name: string; draw: (uniform: () => number) => number }[] = [
  ...[1, 2, 5, 10].map((dimensions) => ({
    name: `a bowl of ${dimensions} dimensions`,
    draw: (uniform: () => number) => {
      let sum = 0
      for (let i = 0; i < dimensions; i++) sum += (uniform() - 0.4) ** 2
      return sum
    },
  })),
  { name: 'a normal', draw: normalDraw },
  { name: 'a lognormal', draw: (uniform) => Math.exp(normalDraw(uniform)) },
  { name: 'an exponential', draw: (uniform) => -Math.log(1 - uniform()) },
]

const RUNS = 150

describe.each(searches)('the expected gain, where losses are $name', ({ draw }) => {
  it.each([
    [20, 10],
    [50, 10],
    [50, 50],
    [100, 100],
    [200, 50],
  ])('after %d trials, of %d more', (before, more) => {
    const sums = { expected: 0, gained: 0, above: 0, below: 0, chance: 0, records: 0 }
    for (let seed = 0; seed < RUNS; seed++) {
      const uniform = rng(seed, before, more)
      const losses = Array.from({ length: before }, () => draw(uniform))
      const later = Array.from({ length: more }, () => draw(uniform))
      const gained = Math.max(0, Math.min(...losses) - Math.min(...later))
      const tail = fitTail(losses) as NonNullable<ReturnType<typeof fitTail>>
      const gain = expectedGain(tail, more)
      sums.expected += gain.expected / RUNS
      sums.gained += gained / RUNS
      sums.above += gained > gain.interval[1] ? 1 / RUNS : 0
      sums.below += gained < gain.interval[0] ? 1 / RUNS : 0
      sums.chance += chanceOfGain(tail, more, 0) / RUNS
      sums.records += gained > 0 ? 1 / RUNS : 0
    }
    // the upper end is for 5 %; 4 standard errors more
    expect(sums.above).toBeLessThan(0.05 + 4 * Math.sqrt(0.0475 / RUNS))
    expect(sums.below).toBeLessThan(0.05 + 4 * Math.sqrt(0.0475 / RUNS))
    // rather too hopeful: it is to say when to stop, and a tail with a hard end looks like one without
    expect(sums.expected).toBeGreaterThan(0.6 * sums.gained)
    expect(sums.chance).toBeGreaterThan(sums.records - 4 * Math.sqrt(0.25 / RUNS))
  })
})
