import { expect, test } from 'vitest'
import type { Named } from '../journal/event.js'
import { pruning } from './pruner.contract.js'
import { prunerNames } from './registry.js'

/** Every pruner, with the options under which it stops something in the contract's studies. */
const pruners: readonly Named[] = [
  { name: 'median' },
  { name: 'median', startupTrials: 2, warmupSteps: 4, intervalSteps: 3 },
  { name: 'percentile', percentile: 30 },
  { name: 'threshold', upper: 1.2 },
  { name: 'patient', patience: 2 },
  { name: 'patient', patience: 1, pruner: 'median' },
  { name: 'asha' },
  { name: 'asha', minStep: 2, maxStep: 12, eta: 2 },
  { name: 'asha', promote: true },
  { name: 'hyperband', maxStep: 13 },
  { name: 'hyperband', maxStep: 13, promote: true },
  { name: 'extrapolate' },
  { name: 'extrapolate', startupTrials: 4, minStep: 2, maxStep: 13, chance: 0.3 },
  { name: 'wilcoxon' },
]

for (const named of pruners) pruning(named)

test('every pruner is put to the contract', () => {
  expect([...new Set(pruners.map(({ name }) => name)), 'none'].sort()).toEqual([...prunerNames].sort())
})
