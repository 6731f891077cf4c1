import type { TrialRow } from '@parzen/core'
import { expect, it } from 'vitest'
import { cell, parseFilter, parseTerms, quoted } from './filter.js'
import { narrowed, without } from './filter-terms.js'

const row = (params: TrialRow['params'], more: Partial<TrialRow> = {}): TrialRow => ({
  number: 7,
  state: 'complete',
  feasible: true,
  params,
  nested: {},
  values: [0.5],
  metrics: { loss: 0.5 },
  attempts: [],
  startedAt: 0,
  finishedAt: 4000,
  judged: null,
  parent: null,
  cause: null,
  message: null,
  tags: [],
  note: '',
  pinned: false,
  ...more,
})
const one = row({ lr: 0.01, optimizer: 'adam', 'layers.0.kind': 'dense', nesterov: true, batch: 32, decay: null }, {
  tags: ['good', 'odd'],
} as Partial<TrialRow>)

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
  ['(optimizer = sgd or loss <= 0.5) and lr < 1', true],
  ['optimizer = adam and (lr > 1 or (batch = 32 and nesterov = true))', true],
  ['not (optimizer = adam and batch = 32)', false],
  ['not lr > 1 and batch = 32', true],
  ['optimizer in (sgd, adam)', true],
  ['optimizer not in (sgd, "adam")', false],
  ['batch in (16, 32.0)', true],
  ['momentum in (0, 0.9)', false],
  ['momentum not in (0, 0.9)', true],
  ['lr is set and momentum not set', true],
  ['lr is not set or momentum is set', false],
  ['"lr" is set', true],
  ['optimizer = "in" or optimizer = is', false],
  ['decay is set and decay = null', true],
  ['tag = good and tag != bad', true],
  ['tag ~ oo', true],
  ['tag not set', false],
])('%s: %s', (text, expected) => {
  expect(parseFilter(text)(one)).toBe(expected)
})

it.each([
  ['lr', 'expected name = value, got lr'],
  ['lr <', 'expected name = value, got lr <'],
  ['lr < 1 batch = 2', 'expected and or or, got batch'],
  ['lr < 1 and', 'expected a condition after and'],
  ['< 1 lr', 'expected name = value, got < 1 lr'],
  ['(lr < 1', 'expected ) to close ('],
  ['lr < 1)', 'expected ( before )'],
  ['(', 'expected a condition after ('],
  ['not', 'expected a condition after not'],
  ['lr in 3', 'expected (a, b) after in, got 3'],
  ['lr in (1 2)', 'expected , or ) after 1, got 2'],
  ['lr in (1,', 'expected a value in the list, got its end'],
  ['lr is 3', 'expected name = value, got lr is 3'],
  ['lr < (', 'expected name = value, got lr < ('],
])('%s is refused: %s', (text, message) => {
  expect(() => parseFilter(text)).toThrow(message)
})

it('has a term for each thing that is said, a stretch of an axis being one', () => {
  const text = 'lr >= 0.1 and lr <= 0.5 and (a = 1 or b = 2) and kind in (x, y) and lr < 0.3'
  expect(parseTerms(text).map((term) => term.text)).toEqual([
    'lr >= 0.1 and lr <= 0.5',
    '(a = 1 or b = 2)',
    'kind in (x, y)',
    'lr < 0.3',
  ])
})

it('replaces what was said of a name, and keeps the rest', () => {
  const filter = narrowed('', 'lr', 'lr >= 0.1 and lr <= 0.5')
  expect(filter).toBe('lr >= 0.1 and lr <= 0.5')
  expect(narrowed(filter, 'kind', 'kind in (x, y)')).toBe(`${filter} and kind in (x, y)`)
  expect(narrowed(`${filter} and kind = x`, 'lr', 'lr >= 0.2 and lr <= 0.3')).toBe(
    'kind = x and lr >= 0.2 and lr <= 0.3',
  )
  expect(narrowed('a = 1 or b = 2', 'lr', 'lr < 1')).toBe('(a = 1 or b = 2) and lr < 1')
  expect(narrowed('(lr = 1 or b = 2) and lr < 1', 'lr', '')).toBe('(lr = 1 or b = 2)')
  expect(narrowed('lr <', 'kind', 'kind = x')).toBe('kind = x')
})

it('takes a term away', () => {
  expect(without('a = 1 and lr >= 0.1 and lr <= 0.5 and c ~ d', 1)).toBe('a = 1 and c ~ d')
  expect(without('a = 1 or b = 2', 0)).toBe('')
})

it.each(['plain', 'layers.0.kind', 'two words', 'and', 'In', '', 'a(b)', 'x,y', '1e-5', '<'])(
  '%s can be written as a value',
  (value) => {
    const row = { ...one, params: { name: value } }
    expect(parseFilter(`name = ${quoted(value)}`)(row)).toBe(true)
    expect(parseFilter(`name in (other, ${quoted(value)})`)(row)).toBe(true)
    expect(cell(row, 'name')).toBe(value)
  },
)
