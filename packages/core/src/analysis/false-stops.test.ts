import { expect, it } from 'vitest'
import type { TrialRecord } from '../journal/state.js'
import { falseStops } from './false-stops.js'

function trial(number: number, value: number | undefined, verdict?: 'prune' | 'spare'): TrialRecord {
  const outcome =
    value === undefined ? ({ state: 'pruned', reason: '' } as const) : ({ state: 'complete', values: [value] } as const)
  const record = {
    number,
    state: outcome.state,
    params: {},
    seen: 0,
    worker: '',
    startedAt: 0,
    reports: [],
    attempts: [],
  }
  return { ...record, outcome, ...(verdict ? { judged: { verdict, step: 1, reason: '' } } : {}) }
}

it('counts the spared trials that ended among the best tenth', () => {
  const others = Array.from({ length: 18 }, (_, i) => trial(i, 10 + i))
  const all = [...others, trial(18, 1, 'spare'), trial(19, 30, 'spare'), trial(20, undefined, 'prune')]
  expect(falseStops(all, 1)).toMatchObject({ pruned: 1, spared: 2, good: 1, rate: { value: 0.5 } })
  expect(falseStops(all, -1)).toMatchObject({ spared: 2, good: 1 })
})

it('has no rate without a spared trial, and nothing to say without a pruner', () => {
  expect(falseStops([trial(0, 1), trial(1, undefined, 'prune')], 1)).toEqual({
    pruned: 1,
    spared: 0,
    good: 0,
    rate: undefined,
  })
  expect(falseStops([trial(0, 1)], 1)).toBe(undefined)
})

it('gives the interval of Wilson', () => {
  const others = Array.from({ length: 100 }, (_, i) => trial(i, 10 + i))
  const spared = Array.from({ length: 20 }, (_, i) => trial(100 + i, i < 2 ? 0 : 500, 'spare'))
  const { rate } = falseStops([...others, ...spared], 1) ?? {}
  // SciPy: binomtest(2, 20).proportion_ci(0.9, 'wilson')
  expect([rate?.low, rate?.high].map((v) => v?.toFixed(4))).toEqual(['0.0337', '0.2617'])
})
