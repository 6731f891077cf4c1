import { expect, test } from 'vitest'
import { parseDuration } from './duration.js'

test.each([
  [90, 90],
  [0, 0],
  [0.5, 0.5],
  ['90', 90],
  ['1.5', 1.5],
  ['10m', 600],
  ['30s', 30],
  ['1h30m', 5400],
  ['1 h 30 m', 5400],
  ['2h', 7200],
  ['1d', 86_400],
  ['500ms', 0.5],
  [' 1.5h ', 5400],
])('%j is %d seconds', (value, seconds) => {
  expect(parseDuration(value)).toBe(seconds)
})

test.each([-1, Number.NaN, Number.POSITIVE_INFINITY, '', 'm', '10 minutes', '-5s', '1h30', '1e3', '10x', '5m and'])(
  '%j is no duration',
  (value) => {
    expect(parseDuration(value)).toBe(undefined)
  },
)
