import { expect, it } from 'vitest'
import { verdictLines } from './verify.js'

it('says how many came out the same', () => {
  expect(verdictLines('digits', { checked: 1, mismatches: [], foreign: [], violations: [] })).toEqual([
    'digits: 1 suggestion made again, bit for bit the same',
  ])
})

it('says so where verdicts of a pruner are among them', () => {
  const found = { checked: 41, mismatches: [], foreign: [], violations: [] }
  expect(verdictLines('digits', found, { isJudged: true })).toEqual([
    'digits: 41 suggestions and verdicts made again, bit for bit the same',
  ])
})

it('tells suggestions of another release from wrong ones', () => {
  const foreign = [3, 4].map((trial) => ({ trial, sampler: 'tpe/7' }))
  expect(verdictLines('digits', { checked: 3, mismatches: [], foreign, violations: [] })).toEqual([
    'digits: 3 suggestions made again, bit for bit the same',
    'digits: 2 suggestions by tpe/7, which this release does not have: not checked',
  ])
})

it('shows the first differences and what no run could have written', () => {
  const mismatches = Array.from({ length: 7 }, (_, trial) => ({ trial, stored: 'a', again: 'b' }))
  const violations = ['event 3 (trial-started): twice']
  expect(verdictLines('digits', { checked: 9, mismatches, foreign: [], violations })).toEqual([
    'digits: 2 of 9 suggestions came out the same, 7 did not',
    ...[0, 1, 2, 3, 4].flatMap((trial) => [`  trial ${trial}`, '    stored a', '    again  b']),
    '  and 2 more',
    'digits: the journal has 1 event that no run could have written',
    '  event 3 (trial-started): twice',
  ])
})
