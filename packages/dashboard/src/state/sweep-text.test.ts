import { expect, it } from 'vitest'
import { template } from '../../../platform/src/spec/template.js'
import {
  asKind,
  formatChoices,
  freeName,
  parameterRows,
  parseChoices,
  type Shape,
  treeOf,
  withLog,
} from './parameter-rows.js'
import { lineSpan, sweepProblems } from './problems.js'
import { readSweepText, withName, withValue } from './sweep-text.js'

it('changes one value and keeps comments, order and the rest', () => {
  const changed = withValue(template, ['space', 'lr'], 'loguniform(0.001, 0.1)')
  const [before, after] = [template.split('\n'), changed.split('\n')]
  expect(after.filter((line) => line.includes('lr:'))[0]).toMatch(
    /^ {2}lr: loguniform\(0\.001, 0\.1\) +# bounds are values/,
  )
  expect(after.filter((line, i) => line !== before[i]).length).toBe(1)
  expect(readSweepText(withValue(template, ['budget', 'parallel'], 3))?.['budget']).toEqual({ trials: 50, parallel: 3 })
})

it.each([
  ['a: 1', ['space', 'x'], 'int(1, 5)', { a: 1, space: { x: 'int(1, 5)' } }],
  ['space:\n', ['space', 'x'], 'uniform(0, 1)', { space: { x: 'uniform(0, 1)' } }],
  [
    'space: { x: choice(a: 0.3, b: 0.7) }',
    ['space', 'y'],
    'choice("a b", c)',
    { space: { x: 'choice(a: 0.3, b: 0.7)', y: 'choice("a b", c)' } },
  ],
  ['pruner: asha', ['pruner', 'maxStep'], 9, { pruner: { maxStep: 9 } }],
  ['', ['study'], 'new', { study: 'new' }],
  ['x: 1\ny: 2', ['x'], undefined, { y: 2 }],
] as const)('%s with %s', (text, path, value, expected) => {
  expect(readSweepText(withValue(text, path, value))).toEqual(expected)
})

it('writes distributions without quotes, in flow maps too', () => {
  expect(withValue('space: { x: uniform(0, 1) }\n', ['space', 'n'], 'int(1, 512, log)')).toBe(
    'space: { x: uniform(0, 1), n: int(1, 512, log) }\n',
  )
})

it('renames in place, and never to a name that is taken', () => {
  const text = 'space:\n  a: 1 # first\n  b: 2\n'
  expect(withName(text, ['space', 'a'], 'c')).toBe('space:\n  c: 1 # first\n  b: 2\n')
  expect(withName(text, ['space', 'a'], 'b')).toBe(text)
})

it('leaves alone what it cannot read', () => {
  expect(readSweepText('a: [1')).toBeUndefined()
  expect(readSweepText('- 1')).toBeUndefined()
  expect(readSweepText('a: *b')).toBeUndefined()
  expect(withValue('a: [1', ['b'], 1)).toBe('a: [1')
})

it('shows every parameter of a sweep, to any depth', () => {
  const rows = parameterRows(
    {
      lr: 'loguniform(1e-5, 0.1)',
      units: { int: [16, 512], log: true },
      dropout: 'uniform(0, 0.5, step=0.05)',
      batch: 'choice(16, 32)',
      optimizer: { choice: { adam: { beta1: 'uniform(0.8, 0.999)' }, sgd: {} } },
      epochs: 10,
      heads: { size: 'int(1, 4)' },
      layers: { repeat: 'int(1, 3)', each: { n: 'int(1, 2)' } },
      odd: 'choice(a: 0.7, b: 0.3)',
      old: 'quniform(0, 10, 2)',
      bad: 'uniform(0,',
    },
    ['space'],
  )
  expect(rows.map(({ name, shape }) => [name, shape.kind])).toEqual([
    ['lr', 'uniform'],
    ['units', 'int'],
    ['dropout', 'uniform'],
    ['batch', 'choice'],
    ['optimizer', 'options'],
    ['epochs', 'constant'],
    ['heads', 'group'],
    ['layers', 'text'],
    ['odd', 'text'],
    ['old', 'text'],
    ['bad', 'text'],
  ])
  const [lr, units, dropout, , optimizer] = rows.map(({ shape }) => shape)
  expect(lr).toEqual({ kind: 'uniform', ends: [1e-5, 0.1], isLog: true })
  expect(units).toEqual({ kind: 'int', ends: [16, 512], isLog: true })
  expect(treeOf(units as Shape)).toBe('int(16, 512, log)')
  expect(treeOf(dropout as Shape)).toBe('uniform(0, 0.5, step=0.05)')
  expect(optimizer).toMatchObject({
    options: [
      { name: 'adam', rows: [{ path: ['space', 'optimizer', 'choice', 'adam', 'beta1'] }] },
      { name: 'sgd', rows: [] },
    ],
  })
  expect(treeOf(optimizer as Shape)).toEqual({ choice: { adam: { beta1: 'uniform(0.8, 0.999)' }, sgd: {} } })
})

it('turns one kind into another, keeping what it can', () => {
  const number: Shape = { kind: 'uniform', ends: [0, 8], isLog: false }
  expect(treeOf(asKind('int', number))).toBe('int(0, 8)')
  expect(treeOf(withLog(number as never, true))).toBe('loguniform(0.008, 8)')
  expect(treeOf(asKind('options', { kind: 'choice', choices: ['adam', 'sgd'] }))).toEqual({
    choice: { adam: {}, sgd: {} },
  })
  expect(treeOf(asKind('constant', number))).toBe(0)
})

it('reads values of a choice as a sweep file does', () => {
  expect(parseChoices('16, true, "a b", relu')).toEqual([16, true, 'a b', 'relu'])
  expect(formatChoices([16, true, 'a b', 'relu'])).toBe('16, true, "a b", relu')
  expect(parseChoices('[16, 32]')).toEqual([16, 32])
  expect(asKind('choice', { kind: 'text', text: '[0.1,"a"]' })).toEqual({ kind: 'choice', choices: [0.1, 'a'] })
  expect(parseChoices('')).toBeUndefined()
  expect(parseChoices('a, "b')).toBeUndefined()
})

it('finds a free name', () => {
  expect(freeName(['x', 'x2'], 'x')).toBe('x3')
})

it('knows the place of each problem', () => {
  expect(
    sweepProblems(['sweep:3:5: space.lr: expected a: b', 'sweep: expected text, got noise', '… and 3 more']),
  ).toEqual([
    { line: 3, column: 5, message: 'space.lr: expected a: b' },
    { message: 'expected text, got noise' },
    { message: '… and 3 more' },
  ])
  expect(lineSpan('ab\ncde\nf', 2)).toEqual([3, 6])
})
