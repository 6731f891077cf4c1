import type { Report } from '@parzen/core'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { chunkOf, decodeChunk, encodeChunk, joined, recordsOf, sliced } from './record-chunk.js'

const value = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom('NaN' as const, 'Infinity' as const, '-Infinity' as const),
)
const name = fc.constantFrom('loss', 'acc', 'val/acc', '', '学習', '__proto__')
const record: fc.Arbitrary<Report> = fc.record({
  at: fc.integer({ min: 0, max: 2e12 }),
  step: fc.oneof(fc.nat(), fc.double({ min: 0, noNaN: true, noDefaultInfinity: true })),
  metrics: fc.uniqueArray(fc.tuple(name, value), { selector: ([name]) => name, maxLength: 4 }).map(Object.fromEntries),
})
const records = fc.array(record, { maxLength: 50 })
/** The order of a record's metrics is not kept. */
const sorted = (list: readonly Report[]) =>
  list.map(({ metrics, ...rest }) => ({
    ...rest,
    metrics: Object.entries(metrics).sort(([a], [b]) => (a < b ? -1 : 1)),
  }))

it('gives back every record', () => {
  fc.assert(
    fc.property(records, (list) => {
      expect(sorted(recordsOf(decodeChunk(encodeChunk(chunkOf(list)))))).toEqual(sorted(list))
    }),
  )
})

it('is the same in parts and in one', () => {
  fc.assert(
    fc.property(records, fc.nat({ max: 50 }), fc.nat({ max: 50 }), (list, a, b) => {
      const [from, to] = [Math.min(a, b, list.length), Math.min(Math.max(a, b), list.length)]
      const whole = chunkOf(list)
      const parts = [sliced(whole, 0, from), sliced(whole, from, to), sliced(whole, to)]
      expect(sorted(parts.flatMap(recordsOf))).toEqual(sorted(list))
      expect(sorted(recordsOf(joined(parts)))).toEqual(sorted(list))
    }),
  )
})

it('reads one metric alone', () => {
  const bytes = encodeChunk(
    chunkOf([
      { at: 1, step: 0, metrics: { a: 1, b: 2 } },
      { at: 2, step: 1, metrics: { b: 3 } },
    ]),
  )
  expect([...decodeChunk(bytes, 'b').columns.keys()]).toEqual(['b'])
  expect([...(decodeChunk(bytes, 'b').columns.get('b')?.values ?? [])]).toEqual([2, 3])
  expect(decodeChunk(bytes, 'c').columns.size).toBe(0)
})

it('refuses a form it does not know', () => {
  expect(() => decodeChunk(Buffer.of(2, 0, 0, 0, 0))).toThrow('series: expected chunks of form 1, got 2')
})
