import { expect, it } from 'vitest'
import { population } from './population.js'
import type { Judgement } from './pruner.js'

it('judges a trial that is always ahead of the slowest, by the comparisons that are over', () => {
  const pruner = population({ population: 3, interval: 1, quantile: 0.34, maxStep: 10 })()
  const curves: { steps: number[]; losses: number[] }[] = [0, 1, 2].map(() => ({ steps: [], losses: [] }))
  const report = (trial: number, loss: number): Judgement | undefined => {
    const { steps, losses } = curves[trial] as { steps: number[]; losses: number[] }
    steps.push(steps.length + 1)
    losses.push(loss)
    return pruner.judge({ trial, steps, losses, best: Math.min(...losses) })
  }
  expect(report(1, 9)).toBeUndefined()
  expect(report(1, 9)?.verdict).toBe('pause')
  expect(report(0, 1)).toBeUndefined()
  expect(report(2, 0.5)).toBeUndefined()
  expect(report(0, 1)).toBeUndefined()
  expect(report(2, 0.5)).toBeUndefined()
  expect(pruner.promote?.(new Set([1]), false)?.trial).toBe(1)
  pruner.promoted?.(1)
  expect(report(1, 9)).toEqual({
    verdict: 'prune',
    reason: 'step 3: place 3 of 3 at step 2, gives way to a fork of a better one',
  })
})
