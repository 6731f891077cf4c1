import { describe, expect, it } from 'vitest'
import { count, formatChoice, formatNumber, formatParams } from './number.js'

describe('formatNumber', () => {
  it.each([
    [0, '0'],
    [-0, '0'],
    [1, '1'],
    [0.1 + 0.2, '0.3'],
    [0.00012345, '0.0001234'],
    [0.00001, '1e-5'],
    [0.0000123456, '1.235e-5'],
    [12345.6, '12346'],
    [123456, '123456'],
    [-123.456, '-123.5'],
    [1e7, '1e+7'],
    [1.5e20, '1.5e+20'],
    [Number.NaN, 'NaN'],
    [Number.NEGATIVE_INFINITY, '-Infinity'],
  ])('%d is %s', (x, text) => {
    expect(formatNumber(x)).toBe(text)
  })
})

it('keeps choices that are no numbers as they are, without escapes', () => {
  expect([true, null, 'adam', 'a\nb', '\u001b[31mred'].map(formatChoice)).toEqual([
    'true',
    'null',
    'adam',
    'a b',
    'red',
  ])
})

it('writes parameters on one line', () => {
  expect(formatParams({ lr: 0.00123456, optimizer: 'sgd', nesterov: true })).toBe(
    'lr=0.001235 optimizer=sgd nesterov=true',
  )
})

it('counts one and several', () => {
  expect([count(0, 'trial'), count(1, 'trial'), count(2, 'trial')]).toEqual(['0 trials', '1 trial', '2 trials'])
})
