import type { TrialRow } from '@parzen/core'
import { expect, it } from 'vitest'
import { parseFilter } from './filter.js'

const row = (params: TrialRow['params'], more: Partial<TrialRow> = {}): TrialRow => ({
  number: 7,
  state: 'complete',
  params,
  nested: {},
  values: [0.5],
  metrics: { loss: 0.5 },
  attempts: [],
  startedAt: 0,
  finishedAt: 4000,
  judged: null,
  cause: null,
  message: null,
  ...more,
})
const one = row({ lr: 0.01, optimizer: 'adam', 'layers.0.kind': 'dense', nesterov: true, batch: 32 })

it.each([
  ['', true],
  ['lr < 0.1', true],
  ['lr < 0.1 and optimizer = adam', true],
  ['lr < 0.1 and optimizer = sgd', false],
  ['optimizer = sgd or loss <= 0.5', true],
  ['optimizer = sgd and lr < 1 or state = failed', false],
  ['layers.0.kind ~ EN', true],
  ['"optimizer" != "adam"', false],
  ['nesterov = true', true],
  ['batch = 32.0', true],
  ['seconds >= 4', true],
  ['trial = 7', true],
  ['momentum > 0', false],
  ['momentum != 0.9', true],
  ['LR<1 AND lr>0', false],
])('%s: %s', (text, expected) => {
  expect(parseFilter(text)(one)).toBe(expected)
})

it.each([
  ['lr', 'expected name = value, got lr'],
  ['lr <', 'expected name = value, got lr <'],
  ['lr < 1 batch = 2', 'expected and or or, got batch'],
  ['lr < 1 and', 'expected a condition after and'],
  ['< 1 lr', 'expected name = value, got < 1 lr'],
])('%s is refused: %s', (text, message) => {
  expect(() => parseFilter(text)).toThrow(message)
})
