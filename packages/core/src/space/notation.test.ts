import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ParzenError } from '../error.js'
import type { Choice } from './distribution.js'
import { formatNotation, parseNotation, type TreeObject } from './notation.js'

function failure(run: () => unknown): { message: string; offset: number | undefined } {
  try {
    run()
  } catch (error) {
    if (error instanceof ParzenError) return { message: error.message, offset: error.offset }
    throw error
  }
  throw new Error('expected an error')
}

describe('the string form', () => {
  test.each<[string, TreeObject]>([
    ['uniform(0, 0.5, step=0.05)', { uniform: [0, 0.5], step: 0.05 }],
    [' int( 1 ,512,log ) ', { int: [1, 512], log: true }],
    ['loguniform(1e-5, .1)', { loguniform: [1e-5, 0.1] }],
    ['uniform(high=1, low=-1)', { uniform: [-1, 1] }],
    ['normal(0, sd=+2)', { normal: [0, 2] }],
    ['int(1, 9, log=false)', { int: [1, 9], log: false }],
    ['quniform(0, 10, 3)', { quniform: [0, 10, 3] }],
    ['qlognormal(0, 2, q=1)', { qlognormal: [0, 2, 1] }],
    ['randint(10)', { randint: [10] }],
    ['randint(5, 10)', { randint: [5, 10] }],
    ['randint(low=5, high=10)', { randint: [5, 10] }],
    ['choice(16, 32)', { choice: [16, 32] }],
    [
      'choice(adam, "sgd, nesterov", \'it\\\'s\', resnet-50, true, null, "true", ~)',
      {
        choice: ['adam', 'sgd, nesterov', "it's", 'resnet-50', true, null, 'true', null],
      },
    ],
    ['choice(a: 0.7, b: 0.3)', { choice: ['a', 'b'], weights: [0.7, 0.3] }],
    [
      'pchoice(a: .1, 2: .9)',
      {
        pchoice: [
          [0.1, 'a'],
          [0.9, 2],
        ],
      },
    ],
    ['choice([16, "32"])', { choice: [16, '32'] }],
    ['choice([a: 1, b: 3])', { choice: ['a', 'b'], weights: [1, 3] }],
    ['choice("[16]", "]")', { choice: ['[16]', ']'] }],
    ['uniform([0, 1])', { uniform: [0, 1] }],
    ['choice(log, a,)', { choice: ['log', 'a'] }],
    ['choice()', { choice: [] }],
    ['choice("\\u00e9\\n\\\\")', { choice: ['é\n\\'] }],
  ])('%s', (text, object) => {
    expect(parseNotation(text)).toEqual(object)
  })

  test.each<[string, string, number]>([
    ['unifrom(0, 1)', 'expected a distribution, got "unifrom". did you mean uniform?', 0],
    ['f(x)', 'expected a distribution, got "f". a text with a parenthesis is written choice("f(x)")', 0],
    ['uniform(0, 1', 'expected , or ), got the end', 12],
    ['uniform(0 1)', 'expected , or ), got 1', 10],
    ['uniform(0, 1) x', 'expected nothing after ), got x', 14],
    ['uniform(0, , 1)', 'expected a value after the comma, got ,', 11],
    ['uniform(, 1)', 'expected a value or ), got ,', 8],
    ['uniform(0)', 'expected uniform(low, high, step=, log), got 1 value', 0],
    ['uniform(0, 1, 2)', 'expected uniform(low, high, step=, log), got 3 values', 14],
    ['uniform(0, 1, stpe=2)', 'expected uniform(low, high, step=, log), got stpe. did you mean step?', 14],
    ['normal(0, 1, log)', 'expected normal(mean, sd, step=), got log. known: mean, sd, step', 13],
    ['uniform(0, high=1, high=2)', 'expected high once, got it twice', 19],
    ['uniform(a, 1)', 'expected a number for low, got a', 8],
    ['uniform("0", 1)', 'expected a number for low, got "0"', 8],
    ['uniform(0, 2**3)', 'expected a number for high, got 2**3', 11],
    ['uniform(0: 1, 2)', 'expected uniform(low, high, step=, log), got a weight', 11],
    ['choice(a: 0.5, b)', 'expected a weight for b, got none', 15],
    ['choice(a: x, b: 1)', 'expected a number for the weight of a, got x', 10],
    ['choice(a=1)', 'expected choice(a, b, …), got a=', 7],
    ['pchoice(a, b)', 'expected a weight for a, got none', 8],
    ['choice([16, 32)', 'expected , or ], got )', 14],
    ['choice([16, 32', 'expected , or ], got the end', 14],
    ['choice([3, 3], [5, 5])', 'expected ), got ,', 13],
    ['choice(a, [b])', 'expected a value after the comma, got [', 10],
    ['choice("a)', 'expected a closing ", got the end', 7],
    ['int(1, 5, step=)', 'expected a value for step, got )', 15],
  ])('%s is refused where it is wrong', (text, message, offset) => {
    expect(failure(() => parseNotation(text))).toEqual({ message, offset })
  })

  test('any choices come back from their string form', () => {
    const value: fc.Arbitrary<Choice> = fc.oneof(
      fc.string(),
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom('true', 'null', '~', '1e5', '', 'a:b', "'", '"', '\\', ')', 'a, b', 'log', '\n'),
      fc.boolean(),
      fc.constant(null),
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((x) => x + 0),
      fc.integer(),
    )
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 5 }), fc.boolean(), (choices, hasWeights) => {
        const weights = choices.map((_, i) => i + 0.5)
        const object = hasWeights ? { choice: choices, weights } : { choice: choices }
        expect(parseNotation(formatNotation(object) as string)).toEqual(object)
      }),
      { numRuns: 400, seed: 3 },
    )
  })

  test('any text is read or refused with a position in it', () => {
    const piece = fc.constantFrom(
      'uniform',
      'choice',
      '(',
      ')',
      ',',
      ':',
      '=',
      '"',
      "'",
      '\\',
      ' ',
      '1',
      'a',
      'log',
      'step',
      '.',
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 14 }), (pieces) => {
        const text = pieces.join('')
        try {
          parseNotation(text)
        } catch (error) {
          if (!(error instanceof ParzenError)) throw error
          expect(error.code).toBe('space/notation')
          expect(error.offset).toBeGreaterThanOrEqual(0)
          expect(error.offset).toBeLessThanOrEqual(text.length)
        }
      }),
      { numRuns: 1000, seed: 4 },
    )
  })

  test('options with parameters have no string form', () => {
    expect(formatNotation({ choice: { a: { b: 'uniform(0, 1)' } } })).toBe(undefined)
    expect(formatNotation({ repeat: 'int(1, 4)', each: 'uniform(0, 1)' })).toBe(undefined)
  })
})
