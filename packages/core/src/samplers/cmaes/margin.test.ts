import { expect, test } from 'vitest'
import { normalCdf } from '../../numerics/normal.js'
import type { Distribution } from '../../space/distribution.js'
import type { Numeric } from '../coordinate.js'
import { type Axis, axis } from './axis.js'
import { type Category, category, learn, pick } from './categories.js'
import { deviation, type Evolution, evolution } from './evolution.js'
import { correctMargin } from './margin.js'

const numbers: readonly (readonly [string, Numeric, readonly number[]])[] = [
  ['float', { kind: 'float', low: -3, high: 7 }, [-3, 1.5, 7]],
  ['log', { kind: 'float', low: 1e-5, high: 1e-1, log: true }, [1e-5, 3e-3, 1e-1]],
  ['step', { kind: 'float', low: 0, high: 0.5, step: 0.05 }, [0, 0.15, 0.5]],
  ['int', { kind: 'int', low: -2, high: 9 }, [-2, 0, 9]],
  ['log int', { kind: 'int', low: 1, high: 512, log: true }, [1, 2, 77, 512]],
  ['normal', { kind: 'normal', mean: 4, sd: 7 }, [-200, 4, 11]],
  ['log-normal step', { kind: 'normal', mean: 0, sd: 2, step: 1, log: true }, [0, 1, 50]],
]

test.each(numbers)('%s: values go to genes and back, cells are those of the value', (_, d, values) => {
  const one = axis('x', d)
  for (const value of values) {
    expect(one.fromGene(one.toGene(value))).toBeCloseTo(value, 12)
    if (!one.discrete) continue
    const [low, high] = one.cellOf(one.toGene(value))
    expect(low).toBeLessThan(high)
    if (low > -Infinity) {
      expect(one.fromGene(low + 1e-9)).toBe(value)
      expect(one.fromGene(low - 1e-9)).toBeLessThan(value)
    } else expect(one.fromGene(one.toGene(value) - 3)).toBe(value)
    if (high < Infinity) {
      expect(one.fromGene(high - 1e-9)).toBe(value)
      expect(one.fromGene(high + 1e-9)).toBeGreaterThan(value)
    } else expect(one.fromGene(one.toGene(value) + 3)).toBe(value)
  }
})

/** Probabilities below, in and above the cell of the mean. */
function masses(e: Evolution, one: Axis): readonly [number, number, number] {
  const [low, high] = one.cellOf(e.m[0]!)
  const sd = e.A[0]! * deviation(e, 0)
  const below = normalCdf((low - e.m[0]!) / sd)
  const above = normalCdf((e.m[0]! - high) / sd)
  return [below, 1 - below - above, above]
}

test('the neighbours of the value at the mean keep the margin, the value its place', () => {
  const one = axis('k', { kind: 'int', low: 0, high: 9 })
  const alpha = 0.05
  for (let value = 0; value <= 9; value++) {
    for (const sigma of [1e-6, 1e-3, 0.02, 0.3]) {
      for (const off of [-0.049, 0, 0.031]) {
        const e = evolution({ m: Float64Array.of(one.toGene(value) + off), sigma })
        correctMargin(e, [one], alpha)
        const [below, , above] = masses(e, one)
        expect(one.fromGene(e.m[0]!)).toBe(value)
        if (value > 0) expect(below).toBeGreaterThanOrEqual((value === 9 ? alpha : alpha / 2) * (1 - 1e-9))
        if (value < 9) expect(above).toBeGreaterThanOrEqual((value === 0 ? alpha : alpha / 2) * (1 - 1e-9))
      }
    }
  }
})

test('a distribution that is wide enough is left alone, and so are continuous coordinates', () => {
  const wide = evolution({ m: Float64Array.of(0.45), sigma: 0.2 })
  correctMargin(wide, [axis('k', { kind: 'int', low: 0, high: 9 })], 0.05)
  expect([wide.m[0], wide.A[0]]).toEqual([0.45, 1])
  const narrow = evolution({ m: Float64Array.of(0.45), sigma: 1e-9 })
  correctMargin(narrow, [axis('x', { kind: 'float', low: 0, high: 9 })], 0.05)
  expect([narrow.m[0], narrow.A[0]]).toEqual([0.45, 1])
})

const choices: Extract<Distribution, { kind: 'categorical' }> = { kind: 'categorical', choices: ['a', 'b', 'c'] }

test('a category goes to the choice of the good trials and keeps the margin of the others', () => {
  const c = category('c', choices, 1)
  for (let k = 0; k < 100; k++) learn(c, ['b', undefined, 'b'], Float64Array.of(0.5, 0.3, 0.2), 0.3)
  const least = (1 - 0.73) / 2
  const expected = [least, 1 - 2 * least, least]
  for (const [k, p] of expected.entries()) expect(c.q[k]).toBeCloseTo(p, 12)
  expect([0.1, 0.2, 0.8, 0.9].map((u) => pick(c, u))).toEqual(['a', 'b', 'b', 'c'])
})

test('a choice of weight 0 stays impossible; trials without the parameter teach nothing', () => {
  const weighted: Category = category('c', { ...choices, weights: [0.9, 0.1, 0] }, 2)
  const before = [...weighted.q]
  learn(weighted, [undefined, undefined], Float64Array.of(0.7, 0.3), 0.5)
  expect([...weighted.q]).toEqual(before)
  for (let k = 0; k < 50; k++) learn(weighted, ['c', 'a'], Float64Array.of(0.7, 0.3), 0.5)
  expect(weighted.q[2]).toBe(0)
  expect(weighted.q[0]! + weighted.q[1]!).toBeCloseTo(1, 12)
  expect(pick(weighted, 1 - 2 ** -53)).not.toBe('c')
})
