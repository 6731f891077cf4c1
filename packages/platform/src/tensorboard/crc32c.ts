/** 0x1EDC6F41 (Castagnoli), bits reversed. */
const POLYNOMIAL = 0x82f63b78
const MASK_DELTA = 0xa282ead8

/** T[256·k + b]: the checksum of byte b followed by k zero bytes. */
const T = slices()

function slices(): Int32Array {
  const tables = new Int32Array(8 * 256)
  for (let b = 0; b < 256; b++) {
    let c = b
    for (let bit = 0; bit < 8; bit++) c = c & 1 ? (c >>> 1) ^ POLYNOMIAL : c >>> 1
    tables[b] = c
  }
  for (let i = 256; i < tables.length; i++) {
    const before = tables[i - 256]!
    tables[i] = (before >>> 8) ^ tables[before & 255]!
  }
  return tables
}

/**
 * CRC-32C (RFC 3720, appendix B.4) of `bytes[start, end)`, as an unsigned 32-bit number.
 *
 * Slicing-by-8, Kounavis and Berry 2005: eight bytes a turn through eight tables.
 */
export function crc32c(bytes: Uint8Array, start = 0, end = bytes.length): number {
  let c = -1
  let i = start
  for (; i + 8 <= end; i += 8) {
    c ^= bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24)
    c =
      T[1792 + (c & 255)]! ^
      T[1536 + ((c >>> 8) & 255)]! ^
      T[1280 + ((c >>> 16) & 255)]! ^
      T[1024 + (c >>> 24)]! ^
      T[768 + bytes[i + 4]!]! ^
      T[512 + bytes[i + 5]!]! ^
      T[256 + bytes[i + 6]!]! ^
      T[bytes[i + 7]!]!
  }
  for (; i < end; i++) c = (c >>> 8) ^ T[(c ^ bytes[i]!) & 255]!
  return ~c >>> 0
}

/** The checksum as TFRecord keeps it: rotated by 15 bits and moved, so that a checksum of checksums stays useful. */
export function maskedCrc32c(bytes: Uint8Array, start = 0, end = bytes.length): number {
  const c = crc32c(bytes, start, end)
  return (((c >>> 15) | (c << 17)) + MASK_DELTA) >>> 0
}
