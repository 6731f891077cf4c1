import { expect, test } from 'vitest'
import { rng } from './rng.js'
import golden from './sobol.golden.json' with { type: 'json' }
import { owenScramble, SOBOL_DIMENSIONS, sobolBits } from './sobol.js'

test('points are those of SciPy in all 128 dimensions', () => {
  expect(SOBOL_DIMENSIONS).toBe(128)
  const points = golden.indices.map((i) => Array.from({ length: 128 }, (_, dimension) => sobolBits(i, dimension)))
  expect(points).toEqual(golden.points)
})

/** How many different of `count` equal cells the first `count` values fall in. */
function cellsHit(values: readonly number[]): number {
  return new Set(values.map((bits) => Math.floor((bits / 2 ** 32) * values.length))).size
}

test('scrambled or not, each block of 256 points has one in every 256th of each dimension', () => {
  for (let dimension = 0; dimension < 128; dimension += 9) {
    for (const start of [0, 256, 1024]) {
      const block = Array.from({ length: 256 }, (_, i) => sobolBits(start + i, dimension))
      expect(cellsHit(block)).toBe(256)
      expect(cellsHit(block.map((bits) => owenScramble(bits, 12345 + dimension)))).toBe(256)
    }
  }
})

test('scrambling keeps the net in two dimensions', () => {
  const cells = new Set<string>()
  for (let i = 0; i < 256; i++) {
    const [x, y] = [owenScramble(sobolBits(i, 0), 7), owenScramble(sobolBits(i, 1), 8)]
    cells.add(`${x >>> 28} ${y >>> 28}`)
  }
  expect(cells.size).toBe(256)
})

test('a scrambled point is uniform over seeds', () => {
  // chi-square of 16 cells, 15 degrees of freedom: 44.3 is exceeded by chance once in 10,000; the seeds are fixed
  const counts = new Float64Array(16)
  const seeds = rng(3)
  const n = 8000
  for (let k = 0; k < n; k++) {
    const cell = owenScramble(sobolBits(5, 3), Math.floor(seeds() * 2 ** 32)) >>> 28
    counts[cell] = counts[cell]! + 1
  }
  const chi2 = counts.reduce((sum, count) => sum + (count - n / 16) ** 2 / (n / 16), 0)
  expect(chi2).toBeLessThan(44.3)
})

test('integrates a smooth function of five variables far better than independent draws', () => {
  const f = (u: readonly number[]) => u.reduce((product, x) => product * (1 + (x - 0.5) / 2), 1)
  const draws = rng(11)
  const n = 1024
  let [sobolError, randomError] = [0, 0]
  for (let seed = 0; seed < 20; seed++) {
    let [sobol, random] = [0, 0]
    for (let i = 0; i < n; i++) {
      sobol += f([0, 1, 2, 3, 4].map((d) => (owenScramble(sobolBits(i, d), seed * 31 + d * 977) + 0.5) / 2 ** 32)) / n
      random += f([0, 1, 2, 3, 4].map(draws)) / n
    }
    sobolError += (sobol - 1) ** 2
    randomError += (random - 1) ** 2
  }
  expect(Math.sqrt(sobolError / randomError)).toBeLessThan(0.1)
})
