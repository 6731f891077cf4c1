import { expect, test } from 'vitest'
import type { Space } from '../space/distribution.js'
import { deep } from './contract-spaces.contract.js'
import { qmc } from './qmc.js'
import { samplerContract } from './sampler.contract.js'
import { simulate } from './simulated-study.contract.js'

samplerContract('qmc', qmc)

const complete = () => ({ state: 'complete', values: [0] }) as const

function paramsOf(space: Space, trials: number, parallel = 1) {
  return simulate(qmc(), { space, seed: 3, trials, outcome: complete, parallel }).map((step) => step.suggestion.params)
}

test('64 trials have one in each 64th of every continuous parameter, in parallel too', () => {
  const space: Space = Object.fromEntries(
    Array.from({ length: 20 }, (_, d) => [`x${d}`, { kind: 'float', low: 0, high: 64 }]),
  )
  for (const parallel of [1, 7]) {
    const points = paramsOf(space, 64, parallel)
    for (const name of Object.keys(space)) {
      expect(new Set(points.map((params) => Math.floor(params[name] as number))).size).toBe(64)
    }
  }
})

test('choices, weights and branches get their share to within one trial of 64', () => {
  const space: Space = {
    four: { kind: 'categorical', choices: ['a', 'b', 'c', 'd'] },
    weighted: { kind: 'categorical', choices: [0, 1], weights: [0.75, 0.25] },
  }
  const points = paramsOf(space, 64)
  expect(points.filter(({ four }) => four === 'c').length).toBe(16)
  expect(points.filter(({ weighted }) => weighted === 1).length).toBe(16)
  const branches = paramsOf(deep, 64).filter((params) => params['optimizer.adam.beta1'] !== undefined)
  expect(branches.length).toBe(32)
})

test('more than 128 parameters are borne', () => {
  const space: Space = Object.fromEntries(
    Array.from({ length: 140 }, (_, d) => [`x${d}`, { kind: 'float', low: 0, high: 1 }]),
  )
  const points = paramsOf(space, 8)
  expect(new Set(points.map(({ x139 }) => x139)).size).toBe(8)
})

test('refuses options', () => {
  expect(() => qmc({ scramble: true })).toThrow('sampler qmc: expected one of its options, got "scramble". it has none')
})
