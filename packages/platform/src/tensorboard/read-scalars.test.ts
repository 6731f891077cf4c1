import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Event, eventMessage, type Tensor, tensorType } from './event.js'
import { encode } from './protobuf.js'
import { type EventPosition, readScalars, shortest } from './read-scalars.js'
import { recordBuffer } from './record.js'

let base = ''
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'parzen-scalars-'))
})
afterEach(() => rmSync(base, { recursive: true, force: true }))

function bytesOf(events: readonly Event[]): Uint8Array {
  const records = recordBuffer()
  for (const event of events) records.append(encode(eventMessage, event))
  return records.take().slice()
}

function write(name: string, events: readonly Event[]): void {
  mkdirSync(dirname(join(base, name)), { recursive: true })
  appendFileSync(join(base, name), bytesOf(events))
}

const simple = (step: number, tag: string, simpleValue: number): Event => ({
  wallTime: step,
  step,
  summary: { values: [{ tag, simpleValue }] },
})
const asTensor = (tensor: Tensor): Event => ({ step: 1, summary: { values: [{ tag: 't', tensor }] } })
const valuesOf = (below: readonly string[] = []) =>
  readScalars({ base, below }, {}, true).scalars.map(({ tag, step, value }) => [tag, step, value])

describe('scalars of event files', () => {
  const bytes = (make: (view: DataView) => void, length: number) => {
    const content = new Uint8Array(length)
    make(new DataView(content.buffer))
    return content
  }

  test.each<[string, Tensor, number | undefined]>([
    ['a float', { type: tensorType.float, floats: [0.5] }, 0.5],
    ['a float as bytes', { type: tensorType.float, content: bytes((v) => v.setFloat32(0, -2.5, true), 4) }, -2.5],
    ['a double', { type: tensorType.double, doubles: [0.1] }, 0.1],
    ['a double as bytes', { type: tensorType.double, content: bytes((v) => v.setFloat64(0, 0.1, true), 8) }, 0.1],
    ['an int32', { type: tensorType.int32, ints: [-7] }, -7],
    ['an int64', { type: tensorType.int64, longs: [2 ** 40] }, 2 ** 40],
    ['an int64 as bytes', { type: tensorType.int64, content: bytes((v) => v.setBigInt64(0, -5n, true), 8) }, -5],
    ['a half', { type: tensorType.half, halves: [0x3555] }, 0.333251953125],
    ['an infinite half', { type: tensorType.half, halves: [0xfc00] }, Number.NEGATIVE_INFINITY],
    ['a bfloat16', { type: tensorType.bfloat16, halves: [0x3f80] }, 1],
    ['one element of a list', { type: tensorType.float, shape: { dim: [{ size: 1 }] }, floats: [3] }, 3],
    ['a list', { type: tensorType.float, shape: { dim: [{ size: 2 }] }, floats: [3, 4] }, undefined],
    ['bytes of another length', { type: tensorType.float, content: new Uint8Array(3) }, undefined],
    ['a text', { type: 7, content: new Uint8Array(4) }, undefined],
    ['nothing', { type: tensorType.float }, undefined],
  ])('%s', (_, tensor, value) => {
    write('events.out.tfevents.1', [asTensor(tensor)])
    expect(valuesOf()).toEqual(value === undefined ? [] : [['t', 1, value]])
  })

  test('another plugin’s number is no scalar', () => {
    const value = {
      tag: 'x',
      tensor: { type: tensorType.float, floats: [1] },
      metadata: { plugin: { name: 'hparams' } },
    }
    write('events.out.tfevents.1', [{ summary: { values: [value] } }])
    expect(valuesOf()).toEqual([])
  })

  test('runs below the folder are in front of the tag; the folders of add_hparams are left out', () => {
    write('train/events.out.tfevents.2.v2', [simple(1, 'loss', 0.5)])
    write('validation/events.out.tfevents.3.v2', [simple(1, 'loss', 0.25)])
    write('1700000000.123/events.out.tfevents.4', [simple(1, 'hparam/accuracy', 1)])
    write('events.out.tfevents.1', [simple(1, 'lr', 2)])
    write('notes.txt', [simple(1, 'no', 2)])
    expect(valuesOf()).toEqual([
      ['lr', 1, 2],
      ['train/loss', 1, 0.5],
      ['validation/loss', 1, 0.25],
    ])
  })

  test('a star stands for a folder whose name nobody knows', () => {
    write('runs/Nov24_12-00-00_host/events.out.tfevents.1', [simple(1, 'loss', 0.5)])
    write('runs/Nov24_12-00-00_host/val/events.out.tfevents.1', [simple(1, 'loss', 0.25)])
    write('runs/events.out.tfevents.1', [simple(9, 'outside', 0.5)])
    write('other/x/events.out.tfevents.1', [simple(9, 'outside', 0.5)])
    expect(valuesOf(['runs', 'Nov*'])).toEqual([
      ['loss', 1, 0.5],
      ['val/loss', 1, 0.25],
    ])
  })

  test('each comes once and in order, however the files grow and whoever reads', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(400), { maxLength: 12 }), fc.integer({ min: 1, max: 3 }), (cuts, files) => {
        rmSync(base, { recursive: true })
        mkdirSync(base)
        const all = Array.from({ length: files }, (_, f) =>
          bytesOf(Array.from({ length: 8 }, (_, i) => simple(i, `tag${f}`, f + i / 8))),
        )
        const got: [string, number, number][] = []
        let position: EventPosition = {}
        const read = (isFinal: boolean) => {
          for (;;) {
            // the cursor goes through the journal
            const now = readScalars({ base, below: [] }, JSON.parse(JSON.stringify(position)), isFinal)
            got.push(...now.scalars.map(({ tag, step, value }) => [tag, step, value] as [string, number, number]))
            position = now.position
            if (!now.more) return
          }
        }
        for (const cut of cuts) {
          const f = cut % files
          const name = join(base, `events.out.tfevents.${f}`)
          writeFileSync(
            name,
            (all[f] as Uint8Array).subarray(0, Math.max(cut, position[`events.out.tfevents.${f}`] ?? 0)),
          )
          read(false)
        }
        for (const [f, whole] of all.entries()) writeFileSync(join(base, `events.out.tfevents.${f}`), whole)
        read(true)
        for (let f = 0; f < files; f++) {
          const expected = Array.from({ length: 8 }, (_, i) => [`tag${f}`, i, f + i / 8])
          expect(got.filter(([tag]) => tag === `tag${f}`)).toEqual(expected)
        }
      }),
      { numRuns: 60 },
    )
  })

  test('a long file comes in parts', () => {
    const many = Array.from({ length: 12_000 }, (_, i) => simple(i, 'loss', i))
    write('events.out.tfevents.1', many)
    const first = readScalars({ base, below: [] }, {}, false)
    expect([first.scalars.length, first.more]).toEqual([5000, true])
    const second = readScalars({ base, below: [] }, first.position, false)
    expect(second.scalars[0]?.step).toBe(5000)
  })

  test('a folder that is not there, or is a file, holds nothing', () => {
    writeFileSync(join(base, 'file'), '')
    for (const name of ['missing', 'file']) {
      expect(readScalars({ base: join(base, name), below: [] }, {}, true).scalars).toEqual([])
    }
  })
})

test('float32 in the fewest digits', () => {
  expect(shortest(Math.fround(0.93))).toBe(0.93)
  expect(shortest(Math.fround(1e-5))).toBe(1e-5)
  expect(shortest(0.1)).toBe(0.1)
  expect(shortest(Number.NaN)).toBeNaN()
  fc.assert(
    fc.property(fc.float({ noDefaultInfinity: true, noNaN: true }), (x) => {
      // the sign of zero is lost in JSON as well
      expect(Math.fround(shortest(x)) + 0).toBe(x + 0)
    }),
  )
})
