import { closeSync, mkdirSync, openSync, readFileSync, renameSync, writeFileSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'

/** A file whose bytes are decided elsewhere and are only carried here. */
export interface GrowingFile {
  /** Puts the bytes behind those put before; of nothing, does nothing. */
  put(bytes: Uint8Array): void
}

/**
 * A copy of bytes that come in the same order each time they are asked for.
 *
 * The first `put` begins at the start of the file. What is there already is left alone as far as it is the same, so a
 * file cut off in the middle of a record by a crash is completed where it ends, and a reader that follows the file never
 * sees a change. Writes say where they go: two processes that copy the same bytes do no harm to each other.
 */
export function growingFile(path: string): GrowingFile {
  let length: number | undefined
  return {
    put(bytes) {
      if (bytes.length === 0) return
      if (length === undefined) begin(path, bytes)
      else writeAt(path, bytes, length)
      length = (length ?? 0) + bytes.length
    },
  }
}

function begin(path: string, bytes: Uint8Array): void {
  const there = readIfThere(path)
  if (there === undefined) {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    writeFileSync(path, bytes)
    return
  }
  const common = Math.min(there.length, bytes.length)
  if (!there.subarray(0, common).equals(bytes.subarray(0, common))) replaceFile(path, bytes)
  else if (bytes.length > there.length) writeAt(path, bytes.subarray(there.length), there.length)
}

function writeAt(path: string, bytes: Uint8Array, position: number): void {
  const file = openSync(path, 'r+')
  try {
    let written = 0
    while (written < bytes.length) {
      written += writeSync(file, bytes, written, bytes.length - written, position + written)
    }
  } finally {
    closeSync(file)
  }
}

/** Puts a whole file in place of another, or none, at once. */
export function replaceFile(path: string, bytes: Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const draft = `${path.replace(/[^/]*$/, (name) => `.${name.replace('tfevents', 'draft')}`)}.${process.pid}`
  writeFileSync(draft, bytes)
  renameSync(draft, path)
}

export function readIfThere(path: string): Buffer | undefined {
  try {
    return readFileSync(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
