import { closeSync, fstatSync, readSync } from 'node:fs'
import { openIfThere } from '../runner/open-if-there.js'
import { plain } from './format/width.js'

/** Bytes of a file from `offset` on, at most `most`; none if there is no such file (yet). */
export function readFrom(path: string, offset: number, most = 1 << 16): Buffer {
  const file = openIfThere(path)
  if (file === undefined) return Buffer.alloc(0)
  try {
    const buffer = Buffer.alloc(Math.max(0, Math.min(most, fstatSync(file).size - offset)))
    return buffer.subarray(0, readSync(file, buffer, 0, buffer.length, offset))
  } finally {
    closeSync(file)
  }
}

/** The last lines of a log that say something, safe to print; of a huge file only the end is read. */
export function lastLines(path: string, count: number): string[] {
  const size = sizeOf(path)
  const text = readFrom(path, Math.max(0, size - 8192), 8192).toString('utf8')
  return text
    .split(/[\r\n]+/)
    .map((line) => plain(line).trimEnd())
    .filter((line) => line !== '')
    .slice(-count)
}

function sizeOf(path: string): number {
  const file = openIfThere(path)
  if (file === undefined) return 0
  try {
    return fstatSync(file).size
  } finally {
    closeSync(file)
  }
}
