import type { TrialRow } from '@parzen/core'
import { expect, it } from 'vitest'
import { bandOf, groupsOf, repeatsOf } from './curve-groups.js'
import type { Line } from './curves.js'

const rows = (...all: TrialRow['params'][]) => all.map((params, number) => ({ number, params }) as unknown as TrialRow)
const line = (trial: number, x: number[], y: number[]): Line => ({
  trial,
  x: Float64Array.from(x),
  y: Float64Array.from(y),
})

it('groups by the values of a category, what is not set last', () => {
  const groups = groupsOf(rows({ a: 'sgd' }, {}, { a: 'adam' }, { a: 'sgd' }), ({ params }) => params['a'])
  expect(groups.map(({ label, trials }) => [label, [...trials]])).toEqual([
    ['adam', [2]],
    ['sgd', [0, 3]],
    ['not set', [1]],
  ])
})

it('puts many numbers into stretches of equally many trials', () => {
  const many = rows(...Array.from({ length: 40 }, (_, i) => ({ a: i * i })))
  const groups = groupsOf(many, ({ params }) => params['a'])
  expect(groups.map(({ label }) => label)).toEqual(['0 – 100', '100 – 400', '400 – 841', '841 – 1521'])
  expect(groups.map(({ trials }) => trials.size).reduce((a, b) => a + b)).toBe(40)
  for (const { trials } of groups) expect(trials.size).toBeGreaterThanOrEqual(9)
})

it('keeps few numbers apart, and the rarest of many categories together', () => {
  expect(groupsOf(rows({ a: 32 }, { a: 8 }), ({ params }) => params['a']).map(({ label }) => label)).toEqual([
    '8',
    '32',
  ])
  const many = rows(...Array.from({ length: 30 }, (_, i) => ({ a: `k${i % 15}` })))
  const groups = groupsOf(many, ({ params }) => params['a'])
  expect(groups.length).toBe(9)
  expect(groups.at(-1)?.label).toBe('others')
  expect(groups.flatMap(({ trials }) => [...trials]).sort((a, b) => a - b)).toEqual(many.map(({ number }) => number))
})

it('finds repeats of a setting, in whatever order its parameters stand', () => {
  const groups = repeatsOf(rows({ a: 1, b: 2 }, { a: 1, b: 3 }, { b: 2, a: 1 }))
  expect(groups).toEqual([{ label: 'as trial 0', trials: new Set([0, 2]) }])
})

it('has the mean and the standard deviation of the lines that reach a place', () => {
  const band = bandOf([line(0, [1, 2, 3], [1, 2, 3]), line(1, [1, 3], [3, 5])], 'sd')
  expect([...band.x]).toEqual([1, 2, 3])
  expect([...band.middle]).toEqual([2, 3, 4])
  expect([...band.count]).toEqual([2, 2, 2])
  expect(band.high[0]).toBeCloseTo(2 + Math.SQRT2)
  const short = bandOf([line(0, [1, 2], [1, 1]), line(1, [1], [3])], 'sd')
  expect([...short.count]).toEqual([2, 1])
  expect([short.low[1], short.middle[1], short.high[1]]).toEqual([1, 1, 1])
})

it('has the median and the middle 80 %', () => {
  const lines = Array.from({ length: 11 }, (_, i) => line(i, [0, 1], [i, i]))
  const band = bandOf(lines, 'quantiles')
  expect([band.low[0], band.middle[0], band.high[0]]).toEqual([1, 5, 9])
})

it('looks at no more places than can be told apart, both ends among them', () => {
  const x = Array.from({ length: 1000 }, (_, i) => i * 0.1)
  const band = bandOf([line(0, x, x)], 'sd')
  expect(band.x.length).toBe(200)
  expect([...band.count].every((count) => count === 1)).toBe(true)
  expect(band.x.at(-1)).toBe(x.at(-1))
})
