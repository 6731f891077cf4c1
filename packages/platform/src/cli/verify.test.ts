import { expect, it } from 'vitest'
import { verdictLines } from './verify.js'

it('says how many came out the same', () => {
  expect(verdictLines('digits', { checked: 1, mismatches: [] }, [])).toEqual([
    'digits: 1 suggestion made again, bit for bit the same',
  ])
})

it('shows the first differences and what no run could have written', () => {
  const mismatches = Array.from({ length: 7 }, (_, trial) => ({ trial, stored: 'a', again: 'b' }))
  expect(verdictLines('digits', { checked: 9, mismatches }, ['event 3 (trial-started): twice'])).toEqual([
    'digits: 2 of 9 suggestions came out the same, 7 did not',
    ...[0, 1, 2, 3, 4].flatMap((trial) => [`  trial ${trial}`, '    stored a', '    again  b']),
    '  and 2 more',
    'digits: the journal has 1 event that no run could have written',
    '  event 3 (trial-started): twice',
  ])
})
