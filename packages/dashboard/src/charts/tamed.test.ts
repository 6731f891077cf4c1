import { expect, it } from 'vitest'
import { tamed } from './tamed.js'

const usual = Array.from({ length: 100 }, (_, i) => 1 + i / 100)

it('shows the best, and keeps what is far off at the worse side from flattening the rest', () => {
  const [low, high] = tamed([...usual, 1e6], 'minimize')
  expect(low).toBeLessThan(1)
  expect(low).toBeGreaterThan(0.8)
  expect(high).toBeLessThan(3)
  const [far, near] = tamed([...usual, -1e6], 'maximize')
  expect(far).toBeGreaterThan(-1)
  expect(near).toBeGreaterThan(1.99)
})

it('does not hide a best that is far better than the rest', () => {
  expect(tamed([...usual, -50], 'minimize')[0]).toBeLessThan(-50)
})

it('counts in logarithms on a log axis, without what has none', () => {
  const values = [0, -3, ...Array.from({ length: 50 }, (_, i) => 10 ** (-5 + i / 10))]
  const [low, high] = tamed(values, 'minimize', true)
  expect(low).toBeGreaterThan(5e-6)
  expect(low).toBeLessThan(1e-5)
  expect(high).toBeGreaterThan(0.7)
})

it('has ends for no values, equal ones, and ones that are no numbers', () => {
  expect(tamed([], 'minimize')).toEqual([0, 1])
  expect(tamed([], 'minimize', true)).toEqual([0.1, 1])
  const [low, high] = tamed([3, 3, Number.NaN, Infinity], 'maximize')
  expect([low < 3, high > 3]).toEqual([true, true])
  const [, most] = tamed([1, 1, 1, 1, 1, 9], 'minimize')
  expect(most).toBeGreaterThan(9)
})
