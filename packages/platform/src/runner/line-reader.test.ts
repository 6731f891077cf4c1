import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type LinePosition, LONGEST_LINE_BYTES, readLines } from './line-reader.js'

let folder: string
let file: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'parzen-lines-'))
  file = join(folder, 'log')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const START: LinePosition = { at: 0, skipping: false }

function readAll(from: LinePosition, final: boolean): { lines: string[]; position: LinePosition } {
  const lines: string[] = []
  let position = from
  for (let more = true; more; ) {
    const read = readLines(file, position, final)
    lines.push(...read.lines)
    ;({ position, more } = read)
  }
  return { lines, position }
}

it('takes returns for ends of lines where nothing else ends one for long', () => {
  const bar = 'step 1 acc: 0.5\r'.repeat(2 * Math.ceil(LONGEST_LINE_BYTES / 16))
  writeFileSync(file, `${bar}step 2 acc: 0.93\n`)
  const { lines, position } = readAll(START, false)
  expect(lines.at(-1)).toBe('step 2 acc: 0.93')
  expect(new Set(lines.slice(0, -1))).toEqual(new Set(['step 1 acc: 0.5']))
  expect(position.skipping).toBe(false)
})

it('reads each line once, whatever pieces it is written in', () => {
  const piece = fc.constantFrom('a', 'ü€', 'x'.repeat(1000), '\n', '\n\n', '\r\n', ' ')
  fc.assert(
    fc.property(fc.array(fc.array(piece, { maxLength: 6 }), { maxLength: 12 }), (writes) => {
      writeFileSync(file, '')
      let position = START
      const lines: string[] = []
      for (const write of writes) {
        appendFileSync(file, write.join(''))
        const read = readAll(position, false)
        lines.push(...read.lines)
        position = read.position
      }
      lines.push(...readAll(position, true).lines)
      const whole = writes.flat().join('')
      expect(lines).toEqual(whole.split(/[\r\n]+/).filter((line) => line !== ''))
    }),
    { numRuns: 200, seed: 2 },
  )
})

it('has nothing to read before the file is there', () => {
  expect(readLines(file, START, true)).toEqual({ lines: [], position: START, more: false })
})

it('waits for the end of a line, unless there is none to come', () => {
  writeFileSync(file, 'one\ntw')
  expect(readLines(file, START, false)).toEqual({ lines: ['one'], position: { at: 4, skipping: false }, more: false })
  expect(readLines(file, { at: 4, skipping: false }, true).lines).toEqual(['tw'])
})

it.each([1, 2, 5, 1000, LONGEST_LINE_BYTES])(
  'passes over a line that is too long, by %i bytes, and over no other',
  (by) => {
    const long = 'x'.repeat(LONGEST_LINE_BYTES + by)
    writeFileSync(file, `before\n${long}\nafter\n`)
    expect(readAll(START, true).lines).toEqual(['before', 'after'])
    writeFileSync(file, `${long}${long}`)
    const { position } = readAll(START, false)
    appendFileSync(file, 'still the same line\nafter')
    expect(readAll(position, true).lines).toEqual(['after'])
  },
)
