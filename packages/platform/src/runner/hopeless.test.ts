import type { Outcome, StudyState, TrialRecord } from '@parzen/core'
import { expect, it } from 'vitest'
import { HOPELESS, isHopeless } from './hopeless.js'

type Finished = Pick<TrialRecord, 'outcome' | 'reports'>

const failed: Outcome = { state: 'failed', cause: 'exit', message: 'exit code 1' }
const reported = (metric: string) => [{ attempt: 1, step: 0, at: 0, metrics: { [metric]: 1 } }]
const broken = (count: number): Finished[] => Array.from({ length: count }, () => ({ outcome: failed, reports: [] }))
const look = (finished: readonly Finished[], before = 0, budget = {}) => {
  const spec = { objectives: [{ metric: 'loss', direction: 'minimize' }], budget }
  return isHopeless({ finished, trials: finished, spec } as unknown as StudyState, before)
}

it('gives up after so many failures in this run, if nothing was ever reported', () => {
  expect(look([])).toBe(false)
  expect(look(broken(HOPELESS - 1))).toBe(false)
  expect(look(broken(HOPELESS))).toBe(true)
  expect(look(broken(HOPELESS + 5), 6)).toBe(false)
  expect(look(broken(HOPELESS + 6), 6)).toBe(true)
  expect(look([...broken(HOPELESS), { outcome: failed, reports: reported('los') }])).toBe(true)
})

it('has nothing to give up when all trials of the budget are started', () => {
  expect(look(broken(HOPELESS), 0, { trials: HOPELESS })).toBe(false)
  expect(look(broken(HOPELESS), 0, { trials: HOPELESS + 1 })).toBe(true)
})

it('goes on if the command works for some setting, or worked for a while', () => {
  expect(look([{ outcome: { state: 'complete', values: [1] }, reports: [] }, ...broken(HOPELESS)])).toBe(false)
  expect(look([{ outcome: { state: 'pruned', reason: '' }, reports: [] }, ...broken(HOPELESS)])).toBe(false)
  expect(look([...broken(HOPELESS), { outcome: failed, reports: reported('loss') }])).toBe(false)
})
