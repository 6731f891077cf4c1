import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { eventMessage, hparamsMessage } from './event.js'
import { decode, encode, field, message, repeated } from './protobuf.js'

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
const unhex = (text: string) => Uint8Array.from(Buffer.from(text, 'hex'))

const inner = message({ text: field(1, 'string'), numbers: repeated(field(2, 'double')) })
const all = message({
  double: field(1, 'double'),
  float: field(2, 'float'),
  int: field(3, 'int64'),
  bool: field(4, 'bool'),
  text: field(5, 'string'),
  bytes: field(6, 'bytes'),
  inner: field(7, inner),
  inners: repeated(field(16, inner)),
})

describe('protobuf', () => {
  test('bytes of the documentation of the encoding', () => {
    expect(hex(encode(message({ a: field(1, 'int64') }), { a: 150 }))).toBe('089601')
    expect(hex(encode(message({ b: field(2, 'string') }), { b: 'testing' }))).toBe('120774657374696e67')
    expect(hex(encode(message({ a: field(1, 'int64') }), { a: -2 }))).toBe('08feffffffffffffffff01')
    const c = message({ c: field(3, message({ a: field(1, 'int64') })) })
    expect(hex(encode(c, { c: { a: 150 } }))).toBe('1a03089601')
    // packed, as proto3 writes them
    expect(decode(message({ f: repeated(field(6, 'int64')) }), unhex('3206038e029ea705'))).toEqual({
      f: [3, 270, 86942],
    })
  })

  test('an event as TensorBoard writes it', () => {
    // tensorboard 2.21: Event(wall_time=1.5, step=7, summary=[Value(tag="a/b", simple_value=0.25)]).SerializeToString()
    const bytes = '09000000000000f83f10072a0c0a0a0a03612f62150000803e'
    const event = { wallTime: 1.5, step: 7, summary: { values: [{ tag: 'a/b', simpleValue: 0.25 }] } }
    expect(hex(encode(eventMessage, event))).toBe(bytes)
    expect(decode(eventMessage, unhex(bytes))).toEqual(event)
  })

  test('what is written is read', () => {
    const innerValue = fc.record(
      { text: fc.string({ unit: 'grapheme' }), numbers: fc.array(fc.double(), { minLength: 1 }) },
      { requiredKeys: [] },
    )
    const value = fc.record(
      {
        double: fc.double(),
        float: fc.float(),
        int: fc.maxSafeInteger(),
        bool: fc.boolean(),
        text: fc.string({ unit: 'grapheme', maxLength: 200 }),
        bytes: fc.uint8Array({ maxLength: 3000 }),
        inner: innerValue,
        inners: fc.array(innerValue, { minLength: 1 }),
      },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(value, (given) => {
        expect(decode(all, encode(all, given).slice())).toEqual(given)
      }),
    )
  })

  test('fields that are not known are passed over', () => {
    const small = message({ text: field(5, 'string') })
    const bytes = encode(all, { double: 1, float: 2, int: 3, text: 'kept', inner: { text: 'x' } }).slice()
    expect(decode(small, bytes)).toEqual({ text: 'kept' })
  })

  test('any bytes are a message or none, and never an error', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        for (const value of [decode(all, bytes), decode(eventMessage, bytes), decode(hparamsMessage, bytes)]) {
          expect(value === undefined || typeof value === 'object').toBe(true)
        }
      }),
      { numRuns: 2000 },
    )
  })

  test.each([
    ['a length beyond the end', '2aff01'],
    ['a huge length', '2affffffffffffffff7f'],
    ['a varint without an end', '18ffffffffffffffffffffffff'],
    ['half a number', '090000'],
    ['a group', '4b'],
    ['a part longer than its whole', '3a030a0541414141'],
  ])('%s is no message', (_, text) => {
    expect(decode(all, unhex(text))).toBeUndefined()
  })
})
