import { describe, expect, it } from 'vitest'
import { normalDraw, rng } from '../../numerics/rng.js'
import { unwarp } from './unwarp.js'
import { halfRank, plain, power } from './warp.js'

const uniform = rng(3)
const losses = Float64Array.from({ length: 60 }, () => Math.exp(normalDraw(uniform)))

describe.each([
  ['plain', plain],
  ['power', power],
  ['halfRank', halfRank],
])('the inverse of the warp %s', (_, warp) => {
  const warped = warp(losses)
  const back = unwarp(losses, warped)

  it('gives each loss back, up to the cap', () => {
    const cap = back(10, 0).mean
    for (const [i, loss] of losses.entries()) expect(back(warped[i]!, 0).mean).toBeCloseTo(Math.min(loss, cap), 9)
  })

  it('keeps the order, also below the best', () => {
    const steps = Array.from({ length: 80 }, (_, k) => back(-4 + 0.1 * k, 0).mean)
    for (let k = 1; k < steps.length; k++) expect(steps[k]!).toBeGreaterThanOrEqual(steps[k - 1]!)
    expect(back(-4, 0).mean).toBeLessThan(Math.min(...losses))
  })

  it('has the moments of what a normal becomes', () => {
    const draws = Array.from({ length: 40_000 }, () => back(-0.3 + 0.2 * normalDraw(uniform), 0).mean)
    const mean = draws.reduce((a, b) => a + b, 0) / draws.length
    const sd = Math.sqrt(draws.reduce((sum, x) => sum + (x - mean) ** 2, 0) / draws.length)
    const exact = back(-0.3, 0.04)
    expect(Math.abs(exact.mean - mean)).toBeLessThan(0.05 * sd)
    expect(exact.sd / sd).toBeGreaterThan(0.9)
    expect(exact.sd / sd).toBeLessThan(1.1)
    const inside = draws.filter((x) => x >= exact.interval[0] && x <= exact.interval[1]).length / draws.length
    expect(inside).toBeGreaterThan(0.89)
    expect(inside).toBeLessThan(0.91)
  })
})

it('of equal losses is that loss', () => {
  const same = new Float64Array(5).fill(0.5)
  expect(unwarp(same, plain(same))(0.3, 1)).toEqual({ mean: 0.5, sd: 0, interval: [0.5, 0.5] })
})
