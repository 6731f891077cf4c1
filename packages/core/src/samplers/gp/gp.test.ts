import { expect, test } from 'vitest'
import { ParzenError } from '../../error.js'
import type { Outcome } from '../../journal/event.js'
import type { Params, Space } from '../../space/distribution.js'
import { deep, everyKind, mixedOutcome } from '../contract-spaces.contract.js'
import { bearsDirections, isPure, mirrors, replays, spreadsOut, staysInSpace } from '../sampler.contract.js'
import { simulate } from '../simulated-study.contract.js'
import { gp } from './gp.js'

// the whole contract, at full effort, is in gp.acceptance.ts: a fit costs what a hundred suggestions of others do
const quick = () => gp({ startupTrials: 4, candidates: 40 })

test.each([
  ['every kind of distribution', everyKind],
  ['a deep conditional space', deep],
])('keeps the laws of samplers: %s', (_, space) => {
  const simulation = { space, seed: 11, trials: 8, outcome: mixedOutcome() }
  staysInSpace(quick(), { ...simulation, trials: 12, parallel: 4 })
  replays(quick(), { ...simulation, parallel: 3 })
  isPure(quick(), { ...simulation, parallel: 3 })
  mirrors(quick(), { ...simulation, parallel: 2 })
})

test('eight running trials are different, several directions are accepted', () => {
  spreadsOut(quick(), 2)
  bearsDirections(quick(), 'any')
})

test('a finite space is tried point by point, each once', () => {
  const space: Space = {
    kind: { kind: 'categorical', choices: ['a', 'b', 'c'] },
    k: { kind: 'int', low: 1, high: 4 },
    only: { kind: 'categorical', choices: [false, true], when: { kind: ['c'] } },
  }
  const outcome = (p: Params): Outcome => ({
    state: 'complete',
    values: [(p['k'] as number) - String(p['only']).length],
  })
  const steps = simulate(gp({ startupTrials: 4, candidates: 400 }), { space, seed: 4, trials: 16, outcome })
  expect(new Set(steps.map((step) => JSON.stringify(step.suggestion.params))).size).toBe(16)
  // and then again
  expect(simulate(quick(), { space, seed: 4, trials: 20, outcome })).toHaveLength(20)
})

test('wrong options are refused by name', () => {
  const refusal = (options: object) => {
    try {
      gp(options)
    } catch (error) {
      return error instanceof ParzenError ? [error.code, error.message] : error
    }
    return undefined
  }
  expect(refusal({ candidates: 0 })).toEqual([
    'sampler/option',
    'sampler gp: candidates: expected a whole number, 1 or more, got 0',
  ])
  expect(refusal({ curves: 'yes' })).toEqual([
    'sampler/option',
    'sampler gp: curves: expected true or false, got "yes"',
  ])
  expect(refusal({ kernel: 'rbf' })).toEqual([
    'sampler/option',
    'sampler gp: expected one of its options, got "kernel". known: startupTrials, candidates, curves',
  ])
})
