import { expect, test } from 'vitest'
import { permutation } from './permutation.js'
import { rng } from './rng.js'

test.each([1, 2, 3, 4, 5, 16, 17, 100, 1000, 4096, 5000])('of %d is one to one', (size) => {
  const at = permutation(size, rng(1, size))
  const images = Array.from({ length: size }, (_, i) => at(i)).sort((a, b) => a - b)
  expect(images).toEqual(Array.from({ length: size }, (_, i) => i))
})

test('of 2^53 stays inside and is not the identity', () => {
  const at = permutation(2 ** 53, rng(2))
  const images = [0, 1, 2, 2 ** 53 - 1].map(at)
  expect(images.every((i) => Number.isSafeInteger(i) && i >= 0 && i < 2 ** 53)).toBe(true)
  expect(new Set(images).size).toBe(4)
  // the first thousand images spread over all of it: chi-square of 16 cells, above 44.3 once in 10,000; the seed is fixed
  const counts = new Float64Array(16)
  for (let i = 0; i < 1000; i++) counts[Math.floor((at(i) / 2 ** 53) * 16)]! += 1
  expect(counts.reduce((sum, count) => sum + (count - 62.5) ** 2 / 62.5, 0)).toBeLessThan(44.3)
})

test('first images are uniform over seeds, also of small sizes', () => {
  for (const size of [3, 12, 50]) {
    const counts = new Float64Array(size)
    const n = 400 * size
    for (let seed = 0; seed < n; seed++) counts[permutation(size, rng(seed, 5))(0)]! += 1
    const chi2 = counts.reduce((sum, count) => sum + (count - 400) ** 2 / 400, 0)
    // mean size − 1, variance 2 (size − 1); five standard deviations
    expect(chi2).toBeLessThan(size - 1 + 5 * Math.sqrt(2 * (size - 1)))
  }
})
