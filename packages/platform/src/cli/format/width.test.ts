import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { padEnd, padStart, plain, truncate, visibleWidth, wrap } from './width.js'

const red = (text: string) => `\u001b[31m${text}\u001b[39m`

describe('visibleWidth', () => {
  it.each([
    ['', 0],
    ['abc', 3],
    [red('abc'), 3],
    ['層', 2],
    ['e\u0301', 1],
    ['😀', 2],
    ['⣀█…', 3],
  ])('of %j is %d', (text, width) => {
    expect(visibleWidth(text)).toBe(width)
  })
})

describe('truncate', () => {
  it('leaves what fits, and keeps colours closed where it cuts', () => {
    expect(truncate('abc', 3)).toBe('abc')
    expect(truncate('abcd', 3)).toBe('ab…')
    expect(truncate(`${red('abcd')}ef`, 4)).toBe(`${red('abc…')}`)
    expect(truncate('層層', 3)).toBe('層…')
    expect(truncate('abc', 0)).toBe('')
  })

  it('never gives more than was asked for', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 30 }), fc.nat(20), (text, width) => {
        expect(visibleWidth(truncate(plain(text), width))).toBeLessThanOrEqual(width)
      }),
    )
  })
})

it('pads by columns, not by characters', () => {
  expect(padEnd('層', 4)).toBe('層  ')
  expect(padStart(red('ab'), 4)).toBe(`  ${red('ab')}`)
  expect(padEnd('abc', 2)).toBe('abc')
})

it('breaks at spaces and cuts what is too long for a line', () => {
  expect(wrap('aa bb cc dddddddd e', 5)).toEqual(['aa bb', 'cc', 'dddd…', 'e'])
  expect(wrap('', 5)).toEqual([])
})

it('makes text from outside safe', () => {
  expect(plain('a\tb\r\nc\u001b[2Jd\b')).toBe('a b cd ')
})
