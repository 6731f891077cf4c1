import { expect, it } from 'vitest'
import { formatAgo, formatDuration, formatSeconds } from './duration.js'

const S = 1000
const M = 60 * S
const H = 60 * M
const D = 24 * H

it.each([
  [0, '0s'],
  [-5, '0s'],
  [40, '0s'],
  [440, '0.4s'],
  [3 * S, '3s'],
  [9.94 * S, '9.9s'],
  [9.96 * S, '10s'],
  [59.4 * S, '59s'],
  [59.6 * S, '1m 00s'],
  [185 * S, '3m 05s'],
  [H - 1, '1h 00m'],
  [2 * H + 14 * M + 59 * S, '2h 14m'],
  [D - S, '23h 59m'],
  [D - 1, '1d 0h'],
  [3 * D + 4 * H + 59 * M, '3d 4h'],
])('%d ms are %s', (milliseconds, text) => {
  expect(formatDuration(milliseconds)).toBe(text)
})

it('changes once a second where it is redrawn', () => {
  expect([2000, 2001, 2999, 3000].map(formatSeconds)).toEqual(['2s', '2s', '2s', '3s'])
})

it('says how long ago', () => {
  expect([0, 1999, 90 * S].map(formatAgo)).toEqual(['just now', 'just now', '1m 30s ago'])
})
