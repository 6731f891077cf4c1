import {
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
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
 * file cut off in the middle of a record by a crash is completed where it ends, and a reader that follows the file sees no
 * change; from where it is not the same it is written anew. Writes say where they go: two processes that copy the same
 * bytes do no harm to each other.
 */
export function growingFile(path: string): GrowingFile {
  let length = 0
  /** What was there before the first `put`; undefined once it has been gone through. */
  let there: Buffer | undefined
  let hasBegun = false
  return {
    put(bytes) {
      if (bytes.length === 0) return
      if (!hasBegun) there = begin(path)
      hasBegun = true
      const known = there?.subarray(length, length + bytes.length) ?? NOTHING
      const isSame = known.equals(bytes.subarray(0, known.length))
      if (!isSame && length === 0) replaceFile(path, bytes)
      else {
        if (!isSame) truncateSync(path, length)
        const start = isSame ? known.length : 0
        if (start < bytes.length) writeAt(path, bytes.subarray(start), length + start)
      }
      length += bytes.length
      if (!isSame || length >= (there?.length ?? 0)) there = undefined
    },
  }
}

const NOTHING = Buffer.alloc(0)

/** Makes the file if there is none. @returns its bytes. */
function begin(path: string): Buffer {
  const there = readIfThere(path)
  if (there !== undefined) return there
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  writeFileSync(path, NOTHING)
  return NOTHING
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
