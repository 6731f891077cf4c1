import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { crc32c, maskedCrc32c } from './crc32c.js'

const ascii = (text: string) => new TextEncoder().encode(text)

describe('crc32c', () => {
  test.each([
    ['32 zeros', new Uint8Array(32), 0x8a9136aa],
    ['32 ones', new Uint8Array(32).fill(0xff), 0x62a8ab43],
    ['0 to 31', Uint8Array.from({ length: 32 }, (_, i) => i), 0x46dd794e],
    ['31 to 0', Uint8Array.from({ length: 32 }, (_, i) => 31 - i), 0x113fdb5c],
  ])('RFC 3720 B.4: %s', (_, bytes, expected) => {
    expect(crc32c(bytes)).toBe(expected)
  })

  test('the check value of the catalogue of CRCs', () => {
    expect(crc32c(ascii('123456789'))).toBe(0xe3069283)
    expect(crc32c(new Uint8Array())).toBe(0)
  })

  test('the same bit by bit, in any part of an array', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), fc.nat(100), (bytes, cut) => {
        const start = Math.min(cut, bytes.length)
        expect(crc32c(bytes, start)).toBe(bitwise(bytes.subarray(start)))
      }),
    )
  })

  test("masked as TensorBoard's own reader does it", () => {
    // tensorboard 2.21: pywrap_tensorflow.masked_crc32c
    expect(maskedCrc32c(ascii('123456789'))).toBe(0xc78ab0e5)
    const length = new Uint8Array(8)
    length[0] = 24
    expect(maskedCrc32c(length)).toBe(0x224b7fa3)
  })
})

function bitwise(bytes: Uint8Array): number {
  let c = 0xffffffff
  for (const byte of bytes) {
    c ^= byte
    for (let bit = 0; bit < 8; bit++) c = c & 1 ? (c >>> 1) ^ 0x82f63b78 : c >>> 1
  }
  return ~c >>> 0
}
