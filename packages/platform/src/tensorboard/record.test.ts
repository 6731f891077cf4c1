import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { maskedCrc32c } from './crc32c.js'
import { readRecords, recordBuffer } from './record.js'
import { decodeEvent } from './scalar.js'

let folder = ''
let path = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'parzen-record-'))
  path = join(folder, 'events')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function framed(records: readonly Uint8Array[]): Uint8Array {
  const buffer = recordBuffer()
  for (const record of records) buffer.append(record)
  return buffer.take().slice()
}

/** All that can be read, call after call. */
function readAll(isFinal = true, from = 0): { records: Uint8Array[]; at: number } {
  const records: Uint8Array[] = []
  let at = from
  for (;;) {
    const read = readRecords(path, at, isFinal, (bytes, start, end) => records.push(bytes.slice(start, end)) > 0)
    at = read.at
    if (!read.more) return { records, at }
  }
}

const some = fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 20 })

describe('records', () => {
  test('the first record of every file, as TensorBoard writes it', () => {
    // torch 2.13, SummaryWriter: wall time 0
    const data = Buffer.concat([
      Buffer.from('090000000000000000', 'hex'),
      Buffer.from('1a0d', 'hex'),
      Buffer.from('brain.Event:2'),
    ])
    expect(data.length).toBe(24)
    const bytes = framed([data])
    expect(Buffer.from(bytes.subarray(0, 12)).toString('hex')).toBe('1800000000000000a37f4b22')
    expect(decodeEvent(bytes, 12, 36)).toEqual({ wallTime: 0, fileVersion: 'brain.Event:2' })
  })

  test('come back, whatever they hold, however the file grew', () => {
    fc.assert(
      fc.property(some, fc.nat(), (records, cut) => {
        const bytes = framed(records)
        const half = cut % (bytes.length + 1)
        writeFileSync(path, bytes.subarray(0, half))
        const first = readAll(false)
        appendFileSync(path, bytes.subarray(half))
        const second = readAll(false, first.at)
        expect([...first.records, ...second.records]).toEqual(records)
        expect(second.at).toBe(bytes.length)
      }),
    )
  })

  test('damaged data cost their record, a damaged length the rest', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ minLength: 1, maxLength: 60 }), { minLength: 1, maxLength: 9 }),
        fc.nat(),
        (records, where) => {
          const bytes = framed(records)
          const flipped = where % bytes.length
          bytes[flipped] = (bytes[flipped] as number) ^ 16
          writeFileSync(path, bytes)
          let start = 0
          const index = records.findIndex(({ length }) => {
            if (flipped < start + 16 + length) return true
            start += 16 + length
            return false
          })
          const isHeader = flipped < start + 12
          expect(readAll().records).toEqual(isHeader ? records.slice(0, index) : records.filter((_, i) => i !== index))
        },
      ),
    )
  })

  test('a record that is not whole yet is waited for, also if its bytes are there as zeros', () => {
    const bytes = framed([Uint8Array.of(1, 2, 3)])
    const zeros = bytes.slice().fill(0, 14)
    writeFileSync(path, zeros)
    expect(readAll(false)).toEqual({ records: [], at: 0 })
    writeFileSync(path, bytes)
    expect(readAll(false).records).toEqual([Uint8Array.of(1, 2, 3)])
  })

  test('long records are passed over, and several megabytes are read in parts', () => {
    const short = Array.from({ length: 60 }, (_, i) => new Uint8Array(50_000).fill(i))
    writeFileSync(path, framed([...short.slice(0, 30), new Uint8Array(3 << 20), ...short.slice(30)]))
    expect(readAll().records.map((each) => each[0])).toEqual(short.map((each) => each[0]))
  })

  test('a length of 2^62 bytes with a right checksum costs nothing', () => {
    const header = Buffer.alloc(12)
    header.writeUInt32LE(0x40000000, 4)
    header.writeUInt32LE(maskedCrc32c(header, 0, 8), 8)
    writeFileSync(path, Buffer.concat([header, Buffer.alloc(100)]))
    expect(readAll()).toEqual({ records: [], at: 0 })
  })

  test('random bytes give nothing and end', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 500 }), (bytes) => {
        writeFileSync(path, bytes)
        expect(readAll().records).toEqual([])
      }),
    )
  })
})
