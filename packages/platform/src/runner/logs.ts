import { closeSync, fstatSync, openSync, readSync, renameSync, statSync, writeSync } from 'node:fs'
import { maskOf, maskText } from './mask.js'

/** The last lines of a log that say something, as one line of at most `most` characters, without secrets; empty if there is none. */
export function lastWords(path: string, lines = 3, most = 400): string {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0
  if (size === 0) return ''
  const file = openSync(path, 'r')
  try {
    const buffer = Buffer.alloc(Math.min(size, 4096))
    readSync(file, buffer, 0, buffer.length, size - buffer.length)
    const text = maskText(buffer.toString('utf8'), maskOf(process.env))
      .split(/[\r\n]+/)
      .map((line) => line.trim())
      .filter((line) => line !== '')
      .slice(-lines)
      .join(' | ')
    return text.length <= most ? text : `…${text.slice(-most)}`
  } finally {
    closeSync(file)
  }
}

/** Cuts the middle out of a log nobody writes to any more, if it is longer than `sizeBytes`. */
export function trimLog(path: string, sizeBytes: number): void {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0
  if (size <= sizeBytes) return
  const half = Math.floor(sizeBytes / 2)
  const from = openSync(path, 'r')
  const to = openSync(`${path}.trimmed`, 'w', fstatSync(from).mode & 0o777)
  try {
    copy(from, to, { at: 0, length: half })
    writeSync(to, `\n[parzen: ${size - 2 * half} bytes left out]\n`)
    copy(from, to, { at: size - half, length: half })
  } finally {
    closeSync(from)
    closeSync(to)
  }
  renameSync(`${path}.trimmed`, path)
}

function copy(from: number, to: number, { at, length }: { at: number; length: number }): void {
  const buffer = Buffer.allocUnsafe(1 << 20)
  for (let done = 0; done < length; ) {
    const read = readSync(from, buffer, 0, Math.min(buffer.length, length - done), at + done)
    if (read === 0) return
    writeSync(to, buffer, 0, read)
    done += read
  }
}
