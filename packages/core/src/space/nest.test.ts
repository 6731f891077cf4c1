import { describe, expect, test } from 'vitest'
import { compileSpace } from './compile.js'
import { flatten, type Nested, nest } from './nest.js'

const space = compileSpace({
  lr: 'uniform(0, 1)',
  model: { depth: 'int(1, 9)', name: 'resnet' },
  scalar: 'choice(1, true, null)',
  optimizer: {
    choice: { sgd: { momentum: 'uniform(0, 1)' }, none: null, some: 'int(1, 9)', pair: ['int(1, 9)', 'int(1, 9)'] },
  },
  layers: { repeat: 'int(0, 3)', each: { units: 'int(1, 9)' } },
  fixed: { repeat: 2, each: 'int(1, 9)' },
})
const shared = { lr: 0.5, 'model.depth': 3, 'model.name': 'resnet', scalar: null }
const fixed = { 'fixed.0': 1, 'fixed.1': 2 }

describe('nested values', () => {
  test.each<[object, Nested, object, Nested[]]>([
    [
      { optimizer: 'sgd', 'optimizer.sgd.momentum': 0.9 },
      { choice: 'sgd', momentum: 0.9 },
      { layers: 1, 'layers.0.units': 4 },
      [{ units: 4 }],
    ],
    [{ optimizer: 'none' }, { choice: 'none' }, { layers: 0 }, []],
    [
      { optimizer: 'some', 'optimizer.some': 3 },
      { choice: 'some', value: 3 },
      { layers: 2, 'layers.0.units': 4, 'layers.1.units': 5 },
      [{ units: 4 }, { units: 5 }],
    ],
    [
      { optimizer: 'pair', 'optimizer.pair.0': 3, 'optimizer.pair.1': 4 },
      { choice: 'pair', value: [3, 4] },
      { layers: 0 },
      [],
    ],
  ])('%j', (flatOptimizer, optimizer, flatLayers, layers) => {
    const params = { ...shared, ...flatOptimizer, ...flatLayers, ...fixed }
    const nested = { lr: 0.5, model: { depth: 3, name: 'resnet' }, scalar: null, optimizer, layers, fixed: [1, 2] }
    expect(nest(space, params)).toEqual(nested)
    expect(flatten(space, nested)).toEqual(params)
  })

  test('a part is enough, and a bare option leaves its parameters open', () => {
    expect(flatten(space, { optimizer: 'sgd', model: { depth: 2 } })).toEqual({ 'model.depth': 2, optimizer: 'sgd' })
  })

  test.each<[{ [name: string]: Nested }, string]>([
    [{ lrr: 1 }, 'lrr: expected one of lr, model, scalar, optimizer, layers, fixed, got "lrr"'],
    [{ lr: { a: 1 } }, 'lr: expected a plain value, got { a }'],
    [{ model: 3 }, 'model: expected an object, got 3'],
    [
      { optimizer: { choice: 'none', momentum: 1 } },
      'optimizer.momentum: expected no parameters of "none", got "momentum"',
    ],
    [{ optimizer: { choice: 'some', momentum: 1 } }, 'optimizer.momentum: expected value, got "momentum"'],
    [{ optimizer: { momentum: 1 } }, 'optimizer: expected { choice: …, … }, got { momentum }'],
    [{ layers: 2 }, 'layers: expected a list, got 2'],
    [{ layers: [{}, {}, {}, {}] }, 'layers: expected at most 3 elements, got 4'],
    [{ fixed: [1] }, 'fixed: expected 2 elements, got 1'],
  ])('%j is refused', (nested, message) => {
    expect(() => flatten(space, nested)).toThrow(expect.objectContaining({ message }))
  })
})
