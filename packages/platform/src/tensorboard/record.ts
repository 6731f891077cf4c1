/**
 * TFRecord framing: length (8 bytes, little end first), masked CRC-32C of those, data, masked CRC-32C of the data.
 * Files are appended to only, so that a file cut off anywhere is whole up to its last whole record.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { maskedCrc32c } from './crc32c.js'

const HEADER_BYTES = 12
const FRAME_BYTES = 16

/** Records collected for one write. */
export interface RecordBuffer {
  append(data: Uint8Array): void
  /** Bytes since the last `take`. */
  readonly size: number
  /** All of them, valid until the next `append`. */
  take(): Uint8Array
}

export function recordBuffer(): RecordBuffer {
  let bytes = new Uint8Array(1 << 12)
  let view = new DataView(bytes.buffer)
  let size = 0
  const grow = (needed: number) => {
    const larger = new Uint8Array(Math.max(2 * bytes.length, needed))
    larger.set(bytes.subarray(0, size))
    bytes = larger
    view = new DataView(bytes.buffer)
  }
  return {
    append(data) {
      const end = size + FRAME_BYTES + data.length
      if (end > bytes.length) grow(end)
      view.setUint32(size, data.length, true)
      view.setUint32(size + 4, 0)
      view.setUint32(size + 8, maskedCrc32c(bytes, size, size + 8), true)
      bytes.set(data, size + HEADER_BYTES)
      view.setUint32(end - 4, maskedCrc32c(data), true)
      size = end
    },
    get size() {
      return size
    },
    take() {
      const taken = bytes.subarray(0, size)
      size = 0
      return taken
    },
  }
}

/** Longer records (images, graphs) are passed over unread; also what is read at a time. */
const CHUNK_BYTES = 1 << 20
const chunk = new Uint8Array(CHUNK_BYTES)
const view = new DataView(chunk.buffer)

/** Gets a record's data, `bytes[start, end)`, to be read at once. @returns whether to go on. */
export type OnRecord = (bytes: Uint8Array, start: number, end: number) => boolean

/**
 * The whole records of a growing file from byte `from` on, as many as a megabyte holds.
 *
 * A record whose data were damaged is passed over; where a length was damaged nothing more can be read of the file, as in
 * TensorBoard itself. A half-written end is left for the next call.
 *
 * @param isFinal whether the file grows no more: the last record is then judged as it is.
 * @returns where to go on, and whether there is more to read at once.
 */
export function readRecords(
  path: string,
  from: number,
  isFinal: boolean,
  onRecord: OnRecord,
): { readonly at: number; readonly more: boolean } {
  const file = openReadable(path)
  if (file === undefined) return { at: from, more: false }
  try {
    const size = fstatSync(file).size
    const length = size <= from ? 0 : readSync(file, chunk, 0, Math.min(CHUNK_BYTES, size - from), from)
    const at = from + takeRecords(length, { rest: size - from, isFinal }, onRecord)
    return { at, more: at > from && at + HEADER_BYTES < size }
  } finally {
    closeSync(file)
  }
}

/** Undefined for a file that is gone, or that is not ours to read. */
function openReadable(path: string): number | undefined {
  try {
    return openSync(path, 'r')
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined
    throw error
  }
}

/** @returns the bytes done with: beyond the chunk after a long record. */
function takeRecords(
  length: number,
  { rest, isFinal }: { readonly rest: number; readonly isFinal: boolean },
  onRecord: OnRecord,
): number {
  let at = 0
  while (at + HEADER_BYTES <= length) {
    if (maskedCrc32c(chunk, at, at + 8) !== view.getUint32(at + 8, true)) break
    const data = view.getUint32(at, true) + view.getUint32(at + 4, true) * 2 ** 32
    const end = at + FRAME_BYTES + data
    if (end > rest) break
    if (data > CHUNK_BYTES - FRAME_BYTES) return end
    if (end > length) break
    const isWhole = maskedCrc32c(chunk, at + HEADER_BYTES, end - 4) === view.getUint32(end - 4, true)
    // the last bytes of a file may be on their way, on some file systems as zeros
    if (!isWhole && end === rest && !isFinal) break
    at = end
    if (isWhole && !onRecord(chunk, at - data - 4, at - 4)) break
  }
  return at
}
