import { describe, expect, expectTypeOf, test } from 'vitest'
import {
  choice,
  int,
  lognormal,
  loguniform,
  normal,
  repeat,
  space,
  type TypedSpace,
  uniform,
  type ValuesOf,
  weighted,
} from './build.js'
import { compileSpace } from './compile.js'

const built = space({
  lr: loguniform(1e-5, 0.1),
  units: int(16, 512, { log: true }),
  drop: uniform(0, 0.5, { step: 0.05 }),
  shift: normal(0, 1, { step: 0.5 }),
  scale: lognormal(0, 1),
  activation: choice('relu', 'tanh'),
  batch: weighted([16, 32], [3, 1]),
  plain: choice({ a: {}, b: null }),
  epochs: 10,
  pair: [uniform(0, 1), 'x'],
  optimizer: choice({ adam: { beta1: uniform(0.8, 0.999) }, sgd: null, some: uniform(0, 1), list: [int(1, 2)] }),
  layers: repeat(int(1, 3), { kind: weighted({ dense: { units: int(1, 9) }, skip: {} }, { dense: 3, skip: 1 }) }),
})

describe('builders', () => {
  test('mean what the string form means', () => {
    expect(built).toEqual(
      compileSpace({
        lr: 'loguniform(1e-5, 0.1)',
        units: 'int(16, 512, log)',
        drop: 'uniform(0, 0.5, step=0.05)',
        shift: 'normal(0, 1, step=0.5)',
        scale: 'lognormal(0, 1)',
        activation: 'choice(relu, tanh)',
        batch: 'choice(16: 3, 32: 1)',
        plain: 'choice(a, b)',
        epochs: 10,
        pair: ['uniform(0, 1)', 'x'],
        optimizer: {
          choice: { adam: { beta1: 'uniform(0.8, 0.999)' }, sgd: null, some: 'uniform(0, 1)', list: ['int(1, 2)'] },
        },
        layers: {
          repeat: 'int(1, 3)',
          each: { kind: { choice: { dense: { units: 'int(1, 9)' }, skip: {} }, weights: { dense: 3, skip: 1 } } },
        },
      }),
    )
  })

  test('infer the type of the nested values', () => {
    expectTypeOf<ValuesOf<typeof built>>().toEqualTypeOf<{
      lr: number
      units: number
      drop: number
      shift: number
      scale: number
      activation: 'relu' | 'tanh'
      batch: 16 | 32
      plain: 'a' | 'b'
      epochs: 10
      pair: [number, 'x']
      optimizer:
        | { choice: 'adam'; beta1: number }
        | { choice: 'sgd' }
        | { choice: 'some'; value: number }
        | { choice: 'list'; value: [number] }
      layers: { kind: { choice: 'dense'; units: number } | { choice: 'skip' } }[]
    }>()
    expectTypeOf(built).toExtend<TypedSpace<{ lr: number }>>()
  })

  test('a list of constants is said with choice', () => {
    const image = space({ image: [choice(224), choice(96)] })
    expect(image).toEqual(compileSpace({ image: ['choice(224)', 'choice(96)'] }))
    expectTypeOf<ValuesOf<typeof image>>().toEqualTypeOf<{ image: [224, 96] }>()
  })

  test('a choice of a single value, of a list, and of null', () => {
    expect(space({ a: choice(null), b: choice(['x']), c: choice('x') })).toEqual({
      a: { kind: 'categorical', choices: [null] },
      b: { kind: 'categorical', choices: ['x'] },
      c: { kind: 'categorical', choices: ['x'] },
    })
    expectTypeOf(choice([1, true, null])).toEqualTypeOf(choice(1, true, null))
  })

  test('say what is wrong where it stands', () => {
    expect(() => space({ a: { lr: [0.1, 0.2] } })).toThrow(
      'a.lr: expected something to tune, got a list of 2 constants. one of them is written choice(0.1, 0.2); a value between them uniform(0.1, 0.2); the list as it is [choice(0.1), choice(0.2)]',
    )
    expect(() => space({ a: { lr: uniform(1, 0) } })).toThrow(
      'a.lr: expected low < high, got low 1, high 0. swap them?',
    )
  })
})
