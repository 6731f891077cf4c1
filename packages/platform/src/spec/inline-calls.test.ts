import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { maskCalls, unmask } from './inline-calls.js'
import { readSource } from './source.js'

test('masks have the length of what they hide, and come off', () => {
  const piece = fc.constantFrom(
    'uniform(',
    'choice(',
    ')',
    ',',
    ': ',
    '"',
    "'",
    '{ ',
    '[',
    '\n',
    '- ',
    'a',
    ' ',
    '#',
    '\\',
    '(',
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
      const text = pieces.join('')
      const masked = maskCalls(text)
      expect(masked).toHaveLength(text.length)
      expect(unmask(masked)).toBe(text)
      expect(masked.split('\n').length).toBe(text.split('\n').length)
    }),
    { numRuns: 1000, seed: 5 },
  )
})

test.each([
  ['a: uniform(0, 1)', { a: 'uniform(0, 1)' }],
  [
    '{ a: uniform(0, 1), b: [int(1, 2), choice(x: 0.5, "y)": 0.5)] }',
    { a: 'uniform(0, 1)', b: ['int(1, 2)', 'choice(x: 0.5, "y)": 0.5)'] },
  ],
  ['- choice({a}, [b])\n- c', ['choice({a}, [b])', 'c']],
  ['a: choice(x #1, y) # why', { a: 'choice(x #1, y)' }],
  ['{ a: unifrom(0, 1), b: 2 }', { a: 'unifrom(0, 1)', b: 2 }],
  [`c: [sh, -c, "a, f(\\"x\\")"]`, { c: ['sh', '-c', 'a, f("x")'] }],
  ['a: "uniform(0, 1)"', { a: 'uniform(0, 1)' }],
  ['a: |\n  b: choice(x: 1, y: 2)\n', { a: 'b: choice(x: 1, y: 2)\n' }],
  ['command: echo (a), b', { command: 'echo (a), b' }],
  ['{ a: &units int(1, 8, log), b: *units }', { a: 'int(1, 8, log)', b: 'int(1, 8, log)' }],
  ['a: &act choice(x: 0.7, y: 0.3)\nb: *act', { a: 'choice(x: 0.7, y: 0.3)', b: 'choice(x: 0.7, y: 0.3)' }],
  ['- &u uniform(0, 1)\n- *u', ['uniform(0, 1)', 'uniform(0, 1)']],
  ['{"a":"x","b":choice(1, 2)}', { a: 'x', b: 'choice(1, 2)' }],
])('%s', (text, value) => {
  expect(readSource(text, 'f').value).toEqual(value)
})

test('files without distributions mean what YAML says', () => {
  const yaml = 'a: {b: 1, c: [x, y]}\nd: "e: f, g"\nh: >\n  folded\n  text\ni: ~\nj: 0x1F\nk: 1e3\n'
  expect(readSource(yaml, 'f').value).toEqual(parse(yaml))
})
