import { expect, it } from 'vitest'
import { hyperband } from './hyperband.js'
import type { Pruner } from './pruner.js'

const STEPS = [1, 3, 9, 27, 81]

/** @returns the step at which a trial of constant loss is stopped; undefined if it gets to its end. */
function stoppedAt(pruner: Pruner, trial: number, loss: number): number | undefined {
  const curve = { trial, steps: [] as number[], losses: [] as number[], best: loss }
  for (const step of STEPS) {
    curve.steps.push(step)
    curve.losses.push(loss)
    if (pruner.judge(curve)) return step
  }
  return undefined
}

it('draws brackets that begin to judge a factor of eta later each, in the shares of the paper', () => {
  // ⌈B eta^s / (s + 1)⌉ for s = 4 … 0 with B = 5: Li et al. 2018 (JMLR 18), algorithm 1, R = 81
  const shares = [81, 34, 15, 8, 5]
  const pruner = hyperband({ minStep: 1, maxStep: 81, eta: 3 })({ direction: 'minimize', seed: 3 })
  // enough for each bracket to have a good one
  const good = 500
  for (let trial = 0; trial < good; trial++) stoppedAt(pruner, trial, 0)
  const counts = new Map<number | undefined, number>()
  const bad = 4000
  for (let trial = good; trial < good + bad; trial++) {
    const step = stoppedAt(pruner, trial, 1 + trial)
    counts.set(step, (counts.get(step) ?? 0) + 1)
  }
  const all = shares.reduce((sum, share) => sum + share, 0)
  shares.forEach((share, b) => {
    // the last bracket judges at step 81 only, which is the end
    const count = counts.get(b < 4 ? STEPS[b] : undefined) ?? 0
    const p = share / all
    // the seed is fixed; another one would be refused once in 3,000 times (five two-sided tests at 4 σ)
    expect(Math.abs(count - bad * p)).toBeLessThan(4 * Math.sqrt(bad * p * (1 - p)))
  })
})

it('a trial has the same bracket whatever came before, and another seed other brackets', () => {
  const bracketsOf = (seed: number, before: number) => {
    const pruner = hyperband({ minStep: 1, maxStep: 81, eta: 3 })({ direction: 'minimize', seed })
    for (let trial = 0; trial < before; trial++) stoppedAt(pruner, trial, 0)
    return Array.from({ length: 40 }, (_, k) => stoppedAt(pruner, 1000 + k, 1 + k))
  }
  expect(bracketsOf(1, 300)).toEqual(bracketsOf(1, 400))
  expect(bracketsOf(1, 300)).not.toEqual(bracketsOf(2, 300))
})
