import { expect, it } from 'vitest'
import { scale } from './scale.js'

it('places values between its ends and finds them again', () => {
  const y = scale([0, 10], [200, 0])
  expect([y.at(0), y.at(5), y.at(10), y.at(99)]).toEqual([200, 100, 0, 0])
  expect(y.valueAt(150)).toBeCloseTo(2.5)
})

it('is logarithmic where that can be', () => {
  const x = scale([1e-4, 1], [0, 400], { isLog: true })
  expect(x.at(1e-2)).toBeCloseTo(200)
  expect(x.valueAt(100)).toBeCloseTo(1e-3)
  expect(x.ticks).toEqual([1e-4, 1e-3, 1e-2, 1e-1, 1])
  expect(scale([0, 1], [0, 400], { isLog: true }).isLog).toBe(false)
})

it('labels a logarithmic stretch within a decade', () => {
  const { ticks } = scale([0.31, 0.44], [0, 400], { isLog: true })
  expect(ticks).toEqual([0.35, 0.4])
})

it('spreads equal ends', () => {
  const x = scale([3, 3], [0, 100])
  expect(x.at(3)).toBe(0)
  expect(x.high).toBe(6)
})
