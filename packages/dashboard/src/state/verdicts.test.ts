import type { Comparison } from '@parzen/core'
import { expect, it } from 'vitest'
import { noiseWords, verdict } from './verdicts.js'

const comparison = (pair: Partial<Comparison['pairs'][number]>, more: Partial<Comparison> = {}): Comparison => ({
  metric: 'loss',
  noise: { sd: 0.1, source: 'repeats', freedom: 5 },
  trials: [1, 2].map((trial) => ({ trial, value: 0, repeats: [trial], mean: 0 })),
  pairs: [{ a: 1, b: 2, difference: -0.2, ...pair }],
  ...more,
})
const said = (of: Comparison, direction: 'minimize' | 'maximize' = 'minimize') =>
  verdict(of.pairs[0] as Comparison['pairs'][number], of, direction)

it('says which is better, how surely, and how many runs would tell', () => {
  expect(said(comparison({ probability: 0.93, expected: -0.1, interval: [-0.25, 0.02] }))).toBe(
    'trial 1 is probably better than trial 2, with 93 %: by -0.02 to 0.25 (90 %); about 5 more runs of each would tell',
  )
  expect(said(comparison({ probability: 0.02, expected: 0.3, interval: [0.1, 0.5] }))).toBe(
    'trial 2 is better than trial 1, with 98 %: by 0.1 to 0.5 (90 %)',
  )
  const greater = comparison({ probability: 0.99, expected: 0.3, interval: [0.1, 0.5] })
  expect(said(greater, 'maximize')).toBe('trial 1 is better than trial 2, with 99 %: by 0.1 to 0.5 (90 %)')
  expect(said(comparison({ probability: 0.52, expected: 0, interval: [-0.1, 0.1] }))).toContain(
    'as good as each other as far as one can tell: trial 1 is better by -0.1 to 0.1 (90 %); more than 100 runs',
  )
})

it('says what it does not know', () => {
  const unknown = comparison({}, { noise: undefined })
  expect(said(unknown)).toContain(
    'trial 1 reported 0.2 better than trial 2; how much of that is chance is not known yet',
  )
  expect(said(unknown, 'maximize')).toContain('trial 2 reported 0.2 better than trial 1')
  expect(noiseWords(unknown)).toContain('is not known')
})

it('knows repeats of one setting', () => {
  const trials = [1, 2].map((trial) => ({ trial, value: 0, repeats: [1, 2], mean: 0 }))
  expect(said(comparison({ probability: 0.5, expected: 0, interval: [0, 0] }, { trials }))).toBe(
    'trials 1 and 2 have the same parameters: what differs is chance',
  )
})
