import { expect, test } from 'vitest'
import { normalDraw, rng, xoshiro128 } from './rng.js'

test('xoshiro128** gives its stream', () => {
  // an independent statement of xoshiro128starstar.c 1.1 (Blackman & Vigna) in Python, from the state 1 2 3 4
  const next = xoshiro128([1, 2, 3, 4])
  expect(Array.from({ length: 10 }, next)).toEqual([
    11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597, 4258142804,
  ])
})

/** Chi-square of draws in `cells` equal cells. */
function chiSquare(draws: readonly number[], cells: number): number {
  const counts = new Float64Array(cells)
  for (const u of draws) counts[Math.floor(u * cells)]! += 1
  const expected = draws.length / cells
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
}

const correlation = (a: readonly number[], b: readonly number[]) =>
  (12 * a.reduce((sum, x, i) => sum + (x - 0.5) * (b[i]! - 0.5), 0)) / a.length

// limits below are exceeded by chance less than once in 10,000 (chi-square, 63 degrees: 113.5; normal: 3.9); seeds are fixed

test('draws are uniform in [0, 1), within a stream and across the first draws of streams', () => {
  const stream = rng(1, 2)
  const along = Array.from({ length: 64_000 }, stream)
  const across = Array.from({ length: 64_000 }, (_, trial) => rng(7, trial)())
  const acrossSeeds = Array.from({ length: 64_000 }, (_, seed) => rng(seed, 0)())
  for (const draws of [along, across, acrossSeeds]) {
    expect(draws.every((u) => u >= 0 && u < 1)).toBe(true)
    expect(chiSquare(draws, 64)).toBeLessThan(113.5)
  }
})

test('draws have more than 32 bits', () => {
  const stream = rng(5)
  const low = Array.from({ length: 6400 }, () => (stream() * 2 ** 40) % 1)
  expect(chiSquare(low, 64)).toBeLessThan(113.5)
})

test('streams of neighbouring seeds and trials are not correlated', () => {
  const n = 20_000
  const take = (...words: number[]) => Array.from({ length: n }, rng(...words))
  const first = take(1, 1)
  for (const words of [[1, 2], [2, 1], [1], [1, 1, 0], [1 + 2 ** 32, 1], [-1, 1]]) {
    const other = take(...words)
    expect(Math.abs(correlation(first, other)) * Math.sqrt(n)).toBeLessThan(3.9)
  }
  expect(Math.abs(correlation(first.slice(1), first.slice(0, -1))) * Math.sqrt(n)).toBeLessThan(3.9)
})

test('ten thousand streams start differently', () => {
  const starts = new Set<number>()
  for (let seed = 0; seed < 100; seed++) for (let trial = 0; trial < 100; trial++) starts.add(rng(seed, trial)())
  expect(starts.size).toBe(10_000)
})

test('the same words give the same stream', () => {
  expect(Array.from({ length: 5 }, rng(3, 4))).toEqual(Array.from({ length: 5 }, rng(3, 4)))
})

test('normal draws have the moments of a standard normal', () => {
  const stream = rng(9)
  const n = 100_000
  const draws = Array.from({ length: n }, () => normalDraw(stream))
  const moment = (k: number) => draws.reduce((sum, x) => sum + x ** k, 0) / n
  // standard errors of the first four moments: sqrt(1, 2, 15, 96) / sqrt(n)
  const expected = [0, 1, 0, 3]
  const variance = [1, 2, 15, 96]
  for (let k = 1; k <= 4; k++) {
    expect((Math.abs(moment(k) - expected[k - 1]!) / Math.sqrt(variance[k - 1]!)) * Math.sqrt(n)).toBeLessThan(3.9)
  }
})
