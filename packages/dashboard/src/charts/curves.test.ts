import fc from 'fast-check'
import { expect, it } from 'vitest'
import {
  type Curve,
  indexFrom,
  inheritedPart,
  lineOf,
  ownerAt,
  ownPart,
  rangeOf,
  ranksOf,
  smoothed,
  spanOf,
  trainedPart,
  valueAt,
} from './curves.js'

const curve = (trial: number, values: number[], more: Partial<Curve> = {}): Curve => ({
  trial,
  steps: values.map((_, i) => i + 1),
  values,
  ...more,
})
const lines = (...all: number[][]) => all.map((values, i) => lineOf(curve(i, values), 'step', 0))

it('puts steps, seconds since the start, or the time of day across', () => {
  const one = curve(0, [5, 4, 3], { at: [1000, 3000, 2500] })
  expect([...lineOf(one, 'step', 0).x]).toEqual([1, 2, 3])
  expect([...lineOf(one, 'relative', 0).x]).toEqual([0, 2, 2])
  expect([...lineOf(one, 'wall', 0).x]).toEqual([1000, 3000, 3000])
  expect([...lineOf(curve(0, [5, 4]), 'wall', 0).x]).toEqual([1, 2])
})

it('smooths without a bias at the beginning: a constant stays what it is', () => {
  fc.assert(
    fc.property(
      fc.double({ min: -1e3, max: 1e3, noNaN: true }),
      fc.double({ min: 0, max: 0.99, noNaN: true }),
      (c, w) => {
        for (const value of smoothed([c, c, c, c], w)) expect(value).toBeCloseTo(c, 8)
      },
    ),
  )
  expect([...smoothed([0, 1], 0.5)].map((v) => Number(v.toFixed(4)))).toEqual([0, 0.6667])
})

it('leaves out the worst values only where they would flatten the rest', () => {
  const tame = Array.from({ length: 200 }, (_, i) => i / 200)
  const wild = tame.with(150, 1e6)
  const wanted = { span: [1, 200] as const, isLog: false, isGreaterBetter: false, showsOutliers: false }
  expect(rangeOf(lines(wild), wanted)[1]).toBeLessThan(1.1)
  expect(rangeOf(lines(wild), { ...wanted, showsOutliers: true })[1]).toBeGreaterThan(1e6)
  expect(rangeOf(lines(tame), wanted)[1]).toBeGreaterThan(0.99)
  // of a metric to be maximised the least are the worst
  expect(rangeOf(lines(wild), { ...wanted, isGreaterBetter: true })[1]).toBeGreaterThan(1e6)
  expect(rangeOf(lines(wild), { ...wanted, span: [1, 100] })[1]).toBeLessThan(0.6)
})

it('has a logarithmic range above 0 whatever the values', () => {
  const wanted = { span: [1, 9] as const, isLog: true, isGreaterBetter: false, showsOutliers: false }
  expect(rangeOf(lines([-1, 0, 2, 8]), wanted)).toEqual([2, 8])
  expect(rangeOf(lines([-1, 0]), wanted)).toEqual([0.1, 1])
  expect(rangeOf(lines([4]), wanted)).toEqual([2, 8])
  expect(spanOf([lineOf(curve(0, [1, 1], { steps: [0, 10] }), 'step', 0)], true)).toEqual([10, 10])
  expect(spanOf([], false)).toBeUndefined()
})

it('finds the value between two points, and none beyond the ends', () => {
  const [line] = lines([10, 20]) as [ReturnType<typeof lineOf>]
  expect([0.9, 1, 1.25, 2, 2.1].map((x) => valueAt(line, x))).toEqual([undefined, 10, 12.5, 20, undefined])
})

it('finds the first index from a value on, as a search from the left does', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -20, max: 20 })), fc.integer({ min: -22, max: 22 }), (numbers, from) => {
      const x = Float64Array.from(numbers).sort()
      const first = x.findIndex((one) => one >= from)
      expect(indexFrom(x, from)).toBe(first === -1 ? x.length : first)
    }),
  )
})

it('ranks by the last value', () => {
  const all = [
    [9, 3],
    [0, 1],
    [5, 2],
  ].map((values, trial) => curve(trial, values))
  expect([...ranksOf(all, false)].sort()).toEqual([
    [0, 1],
    [1, 0],
    [2, 0.5],
  ])
  expect(ranksOf(all, true).get(0)).toBe(0)
})

const fork = curve(4, [3, 2], {
  steps: [5, 6],
  at: [5000, 6000],
  inherited: [
    { trial: 0, steps: [1, 2], at: [1000, 2000], values: [9, 8] },
    { trial: 2, steps: [3, 4], at: [3000, 4000], values: [7, 6] },
  ],
})

it('joins what a fork inherited to its own, and tells one from the other', () => {
  const line = lineOf(fork, 'step', 0)
  expect([[...line.x], [...line.y]]).toEqual([
    [1, 2, 3, 4, 5, 6],
    [9, 8, 7, 6, 3, 2],
  ])
  expect([0, 2, 2.5, 4, 4.5, 5, 9].map((x) => ownerAt(line, x))).toEqual([0, 0, 2, 2, 4, 4, 4])
  expect([inheritedPart, trainedPart, ownPart].map((part) => [...part(line).x])).toEqual([
    [1, 2, 3, 4],
    [4, 5, 6],
    [5, 6],
  ])
  const [plain] = lines([1, 2]) as [ReturnType<typeof lineOf>]
  expect([inheritedPart(plain).x.length, trainedPart(plain), ownPart(plain)]).toEqual([0, plain, plain])
  // its training began with its oldest ancestor
  expect([...lineOf(fork, 'relative', 0).x]).toEqual([0, 1, 2, 3, 4, 5])
  expect([...lineOf({ ...fork, inherited: [] }, 'relative', 0).x]).toEqual([0, 1])
})

it('smooths on over a fork, and ranks one that has yet to report by what it inherited', () => {
  const whole = curve(0, [9, 8, 7, 6, 3, 2])
  expect([...lineOf(fork, 'step', 0.7).y]).toEqual([...lineOf(whole, 'step', 0.7).y])
  const silent = { ...fork, steps: [], at: [], values: [] }
  expect(ownPart(lineOf(silent, 'step', 0)).x.length).toBe(0)
  const ranks = ranksOf([silent, curve(1, [5]), curve(2, [7])], false)
  expect([4, 1, 2].map((trial) => ranks.get(trial))).toEqual([0.5, 0, 1])
})
