import { expect, test } from 'vitest'
import { excess, formatConstraint, isFeasible, keptBy, wantedMetrics } from './constraint.js'
import type { Constraint, Outcome } from './event.js'

const latency: Constraint = { metric: 'latency', atMost: 20 }
const recall: Constraint = { metric: 'recall', atLeast: 0.5 }
const complete = (...constraints: number[]): Outcome => ({ state: 'complete', values: [1], constraints })

test('a bound is kept at the bound, from whichever side', () => {
  expect([15, 20, 25].map((value) => excess(latency, value))).toEqual([-5, 0, 5])
  expect([0.75, 0.5, 0.25].map((value) => excess(recall, value))).toEqual([-0.25, 0, 0.25])
  expect([latency, recall].map(formatConstraint)).toEqual(['latency <= 20', 'recall >= 0.5'])
})

test('only a complete trial within all bounds is feasible', () => {
  expect(isFeasible({ state: 'complete', values: [1] })).toBe(true)
  expect(isFeasible(complete(0, -1))).toBe(true)
  expect(isFeasible(complete(-1, 1e-9))).toBe(false)
  expect(isFeasible(complete(Number.NaN))).toBe(false)
  expect(isFeasible({ state: 'pruned', reason: '' })).toBe(false)
  expect(isFeasible(undefined)).toBe(false)
})

test('the values come back, and constraints without names have a number', () => {
  expect(keptBy(complete(5, -0.25), [latency, recall])).toEqual([
    { constraint: latency, value: 25, isBroken: true },
    { constraint: recall, value: 0.75, isBroken: false },
  ])
  expect(keptBy(complete(0.5))).toEqual([
    { constraint: { metric: 'constraint 1', atMost: 0 }, value: 0.5, isBroken: true },
  ])
  expect(keptBy({ state: 'pruned', reason: '' }, [latency])).toEqual([])
})

test('a metric that is an objective as well is wanted once', () => {
  const objectives = [{ metric: 'latency', direction: 'minimize' as const }]
  expect(wantedMetrics({ objectives, constraints: [recall, latency] })).toEqual(['latency', 'recall'])
  expect(wantedMetrics({ objectives })).toEqual(['latency'])
})
