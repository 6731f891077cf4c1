import { describe, expect, it } from 'vitest'
import { normalDraw, rng } from '../numerics/rng.js'
import type { Space } from '../space/distribution.js'
import type { Observation } from './observation.js'
import { winner } from './winner.js'

const space: Space = { x: { kind: 'float', low: 0, high: 1 } }
const at = (trial: number, x: number, loss: number): Observation => ({
  trial,
  params: { x },
  values: [loss],
  losses: [loss],
})

describe('the winner of 25 settings', () => {
  it.each([0.3, 1, 3])('has probabilities and intervals that hold, noise %d times the spread of the settings', (sd) => {
    // 400 studies of 25 settings: claimed and true frequencies may differ by 4 standard errors
    const runs = 400
    const sums = { claimed: 0, won: 0, covered: 0 }
    for (let seed = 0; seed < runs; seed++) {
      const uniform = rng(seed, 77)
      const truth = Array.from({ length: 25 }, () => normalDraw(uniform))
      const trials = truth.map((t, i) => at(i, i / 25, t + sd * normalDraw(uniform)))
      const { safest } = winner(space, trials, { sign: 1, seed, sd }) as NonNullable<ReturnType<typeof winner>>
      const chosen = truth[safest.trials[0] as number] as number
      sums.claimed += safest.probability / runs
      if (chosen === Math.min(...truth)) sums.won += 1 / runs
      if (safest.interval[0] <= chosen && chosen <= safest.interval[1]) sums.covered += 1 / runs
    }
    expect(Math.abs(sums.claimed - sums.won)).toBeLessThan(4 * Math.sqrt(0.25 / runs))
    expect(sums.covered).toBeGreaterThan(0.9 - 4 * Math.sqrt(0.09 / runs))
  })
})
