import { deflateRawSync, inflateRawSync } from 'node:zlib'

/**
 * Float64 numbers as few bytes, bit for bit (all NaNs are one).
 *
 * What decimals of up to 12 places give exactly (steps, times, printed metrics) is kept as whole numbers: differences,
 * zigzag, 7 bits a byte. Everything else as byte planes: the eight bytes of all numbers, the highest first, of which the
 * first ones hardly change. Both through deflate where that saves something. One byte ahead says which.
 */
export function packNumbers(values: Float64Array): Buffer {
  const places = placesOf(values)
  const bytes = places === undefined ? toPlanes(values) : toVarints(values, 10 ** places)
  const small = bytes.length < WORTH_DEFLATING_BYTES ? bytes : deflateRawSync(bytes, { level: 6 })
  const isDeflated = small.length < bytes.length
  const mode = (places ?? PLANES) | (isDeflated ? DEFLATED : 0)
  return Buffer.concat([Buffer.of(mode), isDeflated ? small : bytes])
}

/** @param count of numbers that were packed. @throws RangeError or zlib's error if the bytes are of something else. */
export function unpackNumbers(packed: Buffer, count: number): Float64Array {
  const mode = packed.readUInt8(0)
  const rest = packed.subarray(1)
  const most = 9 * count + 1
  const bytes = mode & DEFLATED ? inflateRawSync(rest, { maxOutputLength: most }) : rest
  const places = mode & ~DEFLATED
  return places === PLANES ? fromPlanes(bytes, count) : fromVarints(bytes, count, 10 ** places)
}

const PLANES = 15
const DEFLATED = 0x40
const MOST_PLACES = 12
/** Differences of two such numbers, doubled, are still whole. */
const LARGEST = 2 ** 50
const WORTH_DEFLATING_BYTES = 64

/** Decimal places that give every number back exactly; undefined if there are none. */
function placesOf(values: Float64Array): number | undefined {
  let places = 0
  for (const value of values) {
    while (!isExact(value, 10 ** places)) if (++places > MOST_PLACES) return undefined
  }
  // the places that later numbers need may make the first ones too large
  return values.every((value) => isExact(value, 10 ** places)) ? places : undefined
}

function isExact(value: number, scale: number): boolean {
  const whole = Math.round(value * scale)
  return Math.abs(whole) <= LARGEST && whole / scale === value && !Object.is(value, -0)
}

function toVarints(values: Float64Array, scale: number): Buffer {
  const bytes = Buffer.allocUnsafe(8 * values.length)
  let length = 0
  let before = 0
  for (const value of values) {
    const whole = Math.round(value * scale)
    const difference = whole - before
    before = whole
    let rest = difference < 0 ? -2 * difference - 1 : 2 * difference
    for (; rest > 127; rest = Math.floor(rest / 128)) bytes[length++] = (rest % 128) + 128
    bytes[length++] = rest
  }
  return bytes.subarray(0, length)
}

function fromVarints(bytes: Buffer, count: number, scale: number): Float64Array {
  const values = new Float64Array(count)
  let at = 0
  let before = 0
  for (let i = 0; i < count; i++) {
    let zigzag = 0
    let factor = 1
    let byte: number
    do {
      byte = bytes.readUInt8(at++)
      zigzag += (byte & 127) * factor
      factor *= 128
    } while (byte > 127)
    before += zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2
    values[i] = before / scale
  }
  return values
}

function toPlanes(values: Float64Array): Buffer {
  const count = values.length
  const from = new DataView(values.buffer, values.byteOffset, values.byteLength)
  const planes = Buffer.allocUnsafe(8 * count)
  for (let i = 0; i < count; i++) {
    const value = values[i] as number
    const [high, low] = Number.isNaN(value)
      ? [0x7ff80000, 0]
      : [from.getUint32(8 * i + HIGH, LITTLE), from.getUint32(8 * i + LOW, LITTLE)]
    for (let plane = 0; plane < 4; plane++) {
      planes[plane * count + i] = high >>> (24 - 8 * plane)
      planes[(plane + 4) * count + i] = low >>> (24 - 8 * plane)
    }
  }
  return planes
}

function fromPlanes(planes: Buffer, count: number): Float64Array {
  if (planes.length !== 8 * count) throw new RangeError(`expected ${8 * count} bytes, got ${planes.length}`)
  const values = new Float64Array(count)
  const to = new DataView(values.buffer)
  const word = (plane: number, i: number) => {
    const byte = (p: number) => planes[p * count + i] as number
    return ((byte(plane) << 24) | (byte(plane + 1) << 16) | (byte(plane + 2) << 8) | byte(plane + 3)) >>> 0
  }
  for (let i = 0; i < count; i++) {
    to.setUint32(8 * i + HIGH, word(0, i), LITTLE)
    to.setUint32(8 * i + LOW, word(4, i), LITTLE)
  }
  return values
}

/** Typed arrays have the machine's order of bytes. */
const LITTLE = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1
const [HIGH, LOW] = LITTLE ? [4, 0] : [0, 4]
