import { closeSync, fstatSync, readSync } from 'node:fs'
import { openIfThere } from './open-if-there.js'

/** Where a reader of lines stands in a growing file; plain JSON. */
export interface LinePosition {
  /** Bytes read: the start of a line, or somewhere in a too long one. */
  readonly at: number
  /** Whether the rest of a too long line is still to be passed over. */
  readonly skipping: boolean
}

export interface ReadLines {
  readonly lines: readonly string[]
  readonly position: LinePosition
  /** Whether there is more to read at once. */
  readonly more: boolean
}

/** Longer lines are passed over; also what is read at a time, so that no output can cost more memory than this. */
export const LONGEST_LINE_BYTES = 1 << 18
const NEWLINE = 10
const RETURN = 13
const buffer = Buffer.allocUnsafe(LONGEST_LINE_BYTES)

/**
 * The whole lines of a file from a position on, as many as `LONGEST_LINE_BYTES` hold.
 *
 * @param final whether the file grows no more, so that text without a newline at its end is a line too.
 */
export function readLines(path: string, from: LinePosition, final: boolean): ReadLines {
  const { length, atEnd } = fill(path, from.at)
  if (length === 0) return { lines: [], position: from, more: false }
  const chunk = buffer.subarray(0, length)
  const start = from.skipping ? firstBreak(chunk) + 1 : 0
  const isInLongLine = from.skipping && start === 0
  const end = final && atEnd ? length : lastBreak(chunk) + 1
  if (isInLongLine || (end === 0 && length === LONGEST_LINE_BYTES)) {
    return { lines: [], position: { at: from.at + length, skipping: true }, more: !atEnd }
  }
  const lines = chunk.toString('utf8', start, Math.max(start, end)).split(/[\r\n]+/)
  return {
    lines: lines.filter((line) => line !== ''),
    position: { at: from.at + Math.max(start, end), skipping: false },
    more: !atEnd,
  }
}

function firstBreak(chunk: Buffer): number {
  const [newline, carriageReturn] = [chunk.indexOf(NEWLINE), chunk.indexOf(RETURN)]
  return carriageReturn < 0 || (newline >= 0 && newline < carriageReturn) ? newline : carriageReturn
}

/** A progress bar redraws its line for minutes: where nothing else ends a line in a whole chunk, a return does. */
function lastBreak(chunk: Buffer): number {
  const newline = chunk.lastIndexOf(NEWLINE)
  return newline < 0 && chunk.length === LONGEST_LINE_BYTES ? chunk.lastIndexOf(RETURN) : newline
}

/** Reads the next chunk into the buffer. */
function fill(path: string, at: number): { readonly length: number; readonly atEnd: boolean } {
  const file = openIfThere(path)
  if (file === undefined) return { length: 0, atEnd: true }
  try {
    const size = fstatSync(file).size
    const length = size <= at ? 0 : readSync(file, buffer, 0, Math.min(buffer.length, size - at), at)
    return { length, atEnd: at + length >= size }
  } finally {
    closeSync(file)
  }
}
