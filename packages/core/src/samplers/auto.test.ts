import { expect, test } from 'vitest'
import type { TrialRecord } from '../journal/state.js'
import { rng } from '../numerics/rng.js'
import type { Space } from '../space/distribution.js'
import { auto } from './auto.js'
import { gp } from './gp/gp.js'
import { drawParams } from './random.js'
import type { Problem } from './sampler.js'
import { tpe } from './tpe/tpe.js'

const float = { kind: 'float', low: 0, high: 1 } as const
const problem = (parameters: number, objectives = 1): Problem => ({
  space: Object.fromEntries(Array.from({ length: parameters }, (_, i) => [`x${i}`, float])),
  directions: Array.from({ length: objectives }, () => 'minimize' as const),
  seed: 1,
})

function finished(space: Space, count: number, objectives = 1): TrialRecord[] {
  return Array.from({ length: count }, (_, number) => {
    const params = drawParams(space, rng(9, number))
    const values = Array.from({ length: objectives }, (_, i) => (params['x0'] as number) * (i + 1))
    const outcome = { state: 'complete' as const, values }
    return { number, state: 'complete', params, seen: 0, worker: '', startedAt: 0, reports: [], attempts: [], outcome }
  })
}

const by = (parameters: number, trials: number, objectives = 1) => {
  const its = problem(parameters, objectives)
  const sampler = auto()(its)
  sampler.observe(finished(its.space, trials, objectives))
  return sampler.suggest([], { number: trials, rng: rng(1, trials) })?.memo
}

test('says who spoke, and why', () => {
  expect(by(3, 0)).toMatchObject({ by: 'gp', why: 'few trials' })
  expect(by(2, 30)).toMatchObject({ by: 'gp', why: 'few trials' })
  expect(by(2, 200)).toMatchObject({ by: 'tpe', why: 'many trials' })
  expect(by(61, 12)).toMatchObject({ by: 'tpe', why: 'many parameters' })
  // and what that one noted
  expect(by(2, 30)).toHaveProperty('forecasts')
  expect(by(61, 12)).toHaveProperty('logRatio')
  expect(by(2, 20, 4)).toMatchObject({ by: 'tpe', why: 'many objectives' })
})

test('suggests what the one who speaks would alone, also told one by one', () => {
  const its = problem(2)
  for (const [trials, make] of [
    [25, gp],
    [203, tpe],
  ] as const) {
    const records = finished(its.space, trials)
    const [mixed, alone] = [auto()(its), make()(its)]
    for (const record of records) mixed.observe([record])
    alone.observe(records)
    const ask = () => ({ number: trials, rng: rng(1, trials) })
    expect(mixed.suggest([], ask())?.params).toEqual(alone.suggest([], ask())?.params)
  }
})

test('takes no options', () => {
  expect(() => auto({ candidates: 3 })).toThrow('sampler auto: expected one of its options, got "candidates"')
})
