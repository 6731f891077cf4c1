import { emptyState, fold, type StudyEvent, type StudySpec } from '@parzen/core'
import { lineSpec } from '@parzen/core/testing'
import { expect, it } from 'vitest'
import { limitsOf, timeLeft } from './budget-left.js'

const spec: StudySpec = lineSpec({
  budget: { trials: 20, seconds: 600, patience: 5, target: 0.1, gain: 0.01 },
})

function study(losses: readonly number[], budget = spec.budget) {
  const events: StudyEvent[] = [{ at: 0, type: 'study-created', spec: { ...spec, budget } }]
  losses.forEach((loss, trial) => {
    const at = trial * 10_000
    events.push({ at, type: 'trial-started', trial, params: { x: 0.5 }, seen: 1, worker: 'w' })
    events.push({ at: at + 10_000, type: 'trial-finished', trial, outcome: { state: 'complete', values: [loss] } })
  })
  return fold(events)
}

it('tells how much of each limit is used', () => {
  expect(limitsOf(study([0.5, 0.3, 0.4, 0.35]))).toEqual([
    { kind: 'trials', spent: 4, of: 20, used: 0.2 },
    { kind: 'time', spent: 40_000, of: 600_000, used: 40 / 600 },
    { kind: 'patience', spent: 2, of: 5, used: 0.4 },
    { kind: 'target', spent: 0.3, of: 0.1, used: undefined },
    { kind: 'gain', spent: undefined, of: 0.01, used: undefined },
  ])
  expect(limitsOf({ ...emptyState(), spec: { ...spec, budget: {} } })).toEqual([])
})

it('tells the time left by trials or by time, whichever is spent first', () => {
  expect(timeLeft(study([1, 2, 3, 4]))).toBe(160_000)
  expect(timeLeft(study([1, 2, 3, 4], { trials: 1000, seconds: 100 }))).toBe(60_000)
  expect(timeLeft(study([1], { trials: 3 }))).toBe(20_000)
  expect(timeLeft(study([], { trials: 3 }))).toBeUndefined()
  expect(timeLeft(study([1, 2], { patience: 3 }))).toBeUndefined()
})
