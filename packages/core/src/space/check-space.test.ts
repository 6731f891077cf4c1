import fc from 'fast-check'
import { expect, it } from 'vitest'
import { rng } from '../numerics/rng.js'
import { checkSpace } from './check-space.js'
import { compileSpace } from './compile.js'
import { randomTree } from './random-tree.contract.js'

const message = (given: unknown) => {
  try {
    checkSpace(given)
    return 'right'
  } catch (error) {
    return (error as Error).message
  }
}

it('takes every space a sweep file can mean, to the bit', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0 }), (seed) => {
      const space = compileSpace(randomTree(rng(seed, 0), 4))
      expect(JSON.stringify(checkSpace(JSON.parse(JSON.stringify(space))))).toBe(JSON.stringify(space))
    }),
    { numRuns: 500 },
  )
})

it('lets children follow a narrowed parent', () => {
  const space = compileSpace({
    optimizer: {
      choice: { adam: { beta: 'uniform(0, 1)' }, sgd: { momentum: { choice: { on: { m: 'uniform(0, 1)' } } } } },
    },
    layers: { repeat: 'int(1, 3)', each: { units: 'int(8, 64)' } },
  })
  const narrowed = checkSpace({
    ...space,
    optimizer: { kind: 'categorical', choices: ['adam'] },
    layers: { kind: 'int', low: 1, high: 2 },
  })
  expect(Object.keys(narrowed)).toEqual([
    'optimizer',
    'optimizer.adam.beta',
    'layers',
    'layers.0.units',
    'layers.1.units',
  ])
  expect(narrowed['layers.0.units']?.when).toEqual({ layers: [1, 2] })
})

it('says what is wrong', () => {
  const x = { kind: 'float', low: 0, high: 1 }
  expect(message({ x })).toBe('right')
  expect(message(null)).toBe('space: expected a map of parameters by name, got null')
  expect(message({})).toBe('space: expected at least one parameter, got none')
  expect(message({ x: { ...x, low: 2 } })).toBe('x: expected low < high, got low 2, high 1. swap them?')
  expect(message({ x: { ...x, colour: 1 } })).toBe('x: expected low, high, step, log in uniform, got "colour"')
  expect(message({ x: { kind: 'int', low: 0.5, high: 2 } })).toContain('x: expected a whole number for low, got 0.5')
  expect(message({ x: { kind: 'cat' } })).toBe('x: expected kind float, int, normal or categorical, got "cat"')
  expect(message({ x: { kind: 'categorical', choices: [] } })).toBe('x: expected at least one choice, got none')
  expect(message({ constructor: x })).toContain('expected names of letters')
  expect(message({ 'a..b': x })).toContain('expected names of letters')
  expect(message({ a: x, 'a.b': x })).toContain('a.b: expected a in when, got none')
  expect(message({ b: { ...x, when: { a: [1] } } })).toBe(
    'b: expected a choice or a length before it as parent, got "a"',
  )
  expect(message({ a: { kind: 'categorical', choices: ['p'] }, b: { ...x, when: { a: ['p'] } } })).toContain(
    'b: expected no parent in when, got a',
  )
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(message({ x: value })).toMatch(/^(right|x: |space: )/)
    }),
  )
})
