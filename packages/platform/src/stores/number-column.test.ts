import fc from 'fast-check'
import { expect, it } from 'vitest'
import { packNumbers, unpackNumbers } from './number-column.js'

const roundTrip = (values: readonly number[]) => [
  ...unpackNumbers(packNumbers(Float64Array.from(values)), values.length),
]

it('gives back every number, bit for bit', () => {
  const decimals = fc.tuple(fc.integer(), fc.integer({ min: 0, max: 9 })).map(([n, places]) => n / 10 ** places)
  const numbers = fc.oneof(fc.double(), decimals, fc.maxSafeInteger(), fc.float(), fc.constantFrom(-0, 1e-12, 2 ** 50))
  fc.assert(
    fc.property(fc.array(numbers, { maxLength: 200 }), (values) => {
      roundTrip(values).forEach((value, i) => {
        expect(Object.is(value, values[i])).toBe(true)
      })
    }),
    { numRuns: 500 },
  )
})

it('keeps what is no number, and the ends of the range', () => {
  const values = [NaN, Infinity, -Infinity, 0, -0, 5e-324, Number.MAX_VALUE, -Number.MAX_VALUE, 2 ** 53, -(2 ** 53)]
  expect(roundTrip(values)).toEqual(values)
  for (const value of values) expect(roundTrip([value])).toEqual([value])
})

it('takes little for steps, times and printed numbers', () => {
  const size = (of: (i: number) => number) => packNumbers(Float64Array.from({ length: 1000 }, (_, i) => of(i))).length
  expect(size((i) => i)).toBeLessThan(30)
  expect(size((i) => 1_790_000_000_000 + i * 200)).toBeLessThan(50)
  expect(size((i) => Number((1 / (i + 1) + Math.sin(i * 997) / 50).toFixed(4)))).toBeLessThan(2000)
  // 23 of the 52 digits are there
  expect(size((i) => Math.fround(Math.sin(i * 997)))).toBeLessThan(4000)
})

it('refuses bytes of something else', () => {
  expect(() => unpackNumbers(Buffer.of(15, 1, 2, 3), 1)).toThrow('expected 8 bytes, got 3')
  expect(() => unpackNumbers(Buffer.of(2, 200), 1)).toThrow(RangeError)
  expect(() => unpackNumbers(Buffer.of(0x42, 1, 2), 1)).toThrow()
})
