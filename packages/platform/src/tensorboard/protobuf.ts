/**
 * The part of protocol buffers that event files need, driven by tables: `message({ step: field(2, 'int64') })` encodes
 * and decodes and is a TypeScript type too. Fields that are not in the table are passed over.
 *
 * All fields are optional. What is given is written, also a zero: within a `oneof` that says which.
 */
interface Values {
  double: number
  float: number
  /** Whole, at most 2^53 in size; larger ones that are read lose their last digits. */
  int64: number
  bool: boolean
  string: string
  bytes: Uint8Array
}
type Kind = keyof Values

export interface Field<V> {
  readonly number: number
  readonly kind: Kind | Message<object>
  readonly isRepeated: boolean
  /** For the type only. */
  readonly value?: V
}

export interface Message<T extends object> {
  readonly fields: readonly NamedField[]
  /** By number. */
  readonly byNumber: readonly (NamedField | undefined)[]
  /** For the type only. */
  readonly value?: T
}

interface NamedField extends Field<unknown> {
  readonly name: string
  readonly key: number
}

type Fields = { readonly [name: string]: Field<unknown> }
type TypeOf<F extends Fields> = { -readonly [K in keyof F]?: F[K] extends Field<infer V> ? V : never }
/** The type of a message. */
export type Of<M> = M extends Message<infer T> ? T : never

const WIRE = { double: 1, float: 5, int64: 0, bool: 0, string: 2, bytes: 2 } as const

export function field<K extends Kind>(number: number, kind: K): Field<Values[K]>
export function field<T extends object>(number: number, kind: Message<T>): Field<T>
export function field(number: number, kind: Kind | Message<object>): Field<unknown> {
  return { number, kind, isRepeated: false }
}

export function repeated<V>(one: Field<V>): Field<readonly V[]> {
  return { number: one.number, kind: one.kind, isRepeated: true }
}

export function message<F extends Fields>(table: F): Message<TypeOf<F>> {
  const fields = Object.entries(table)
    .map(([name, of]) => {
      const wire = typeof of.kind === 'string' ? WIRE[of.kind] : 2
      return { number: of.number, kind: of.kind, isRepeated: of.isRepeated, name, key: of.number * 8 + wire }
    })
    .sort((a, b) => a.number - b.number)
  const byNumber: (NamedField | undefined)[] = []
  for (const each of fields) byNumber[each.number] = each
  return { fields, byNumber: Array.from(byNumber) }
}

/** What is written grows from the end of `out` to its front, so that a length is known when it is written. */
let out = new Uint8Array(1024)
let outView = new DataView(out.buffer)
let at = out.length
const utf8 = new TextEncoder()

/** @returns the bytes of a message, valid until the next call. */
export function encode<T extends object>(of: Message<T>, value: T): Uint8Array {
  at = out.length
  writeMessage(of, value as { readonly [name: string]: unknown })
  return out.subarray(at)
}

function writeMessage({ fields }: Message<object>, value: { readonly [name: string]: unknown }): void {
  for (let i = fields.length - 1; i >= 0; i--) {
    const each = fields[i]!
    const given = value[each.name]
    if (given === undefined) continue
    if (!each.isRepeated) writeField(each, given)
    else for (const one of [...(given as readonly unknown[])].reverse()) writeField(each, one)
  }
}

function writeField({ kind, key }: NamedField, value: unknown): void {
  // counted from the end, which is what stays when the room grows
  const before = out.length - at
  if (typeof kind !== 'string') {
    writeMessage(kind, value as { readonly [name: string]: unknown })
    writeVarint(out.length - at - before)
  } else if (kind === 'double') {
    room(8)
    at -= 8
    outView.setFloat64(at, value as number, true)
  } else if (kind === 'float') {
    room(4)
    at -= 4
    outView.setFloat32(at, value as number, true)
  } else if (kind === 'int64') writeInt64(value as number)
  else if (kind === 'bool') writeVarint(value ? 1 : 0)
  else writeBytes(kind === 'string' ? asUtf8(value as string) : (value as Uint8Array))
  writeVarint(key)
}

function writeBytes(bytes: Uint8Array): void {
  room(bytes.length)
  at -= bytes.length
  out.set(bytes, at)
  writeVarint(bytes.length)
}

/** The same few tags are written again and again. */
const known = new Map<string, Uint8Array>()

function asUtf8(text: string): Uint8Array {
  let bytes = known.get(text)
  if (bytes === undefined) {
    bytes = utf8.encode(text)
    if (known.size >= 256) known.clear()
    if (text.length <= 256) known.set(text, bytes)
  }
  return bytes
}

function writeInt64(value: number): void {
  if (value >= 0 && value < 2 ** 31) {
    writeVarint(value)
    return
  }
  let rest = BigInt.asUintN(64, BigInt(Math.trunc(value)))
  const bytes: number[] = []
  while (rest >= 128n) {
    bytes.push(Number(rest & 127n) | 128)
    rest >>= 7n
  }
  bytes.push(Number(rest))
  room(bytes.length)
  at -= bytes.length
  out.set(bytes, at)
}

/** Below 2^31. */
function writeVarint(value: number): void {
  room(5)
  let size = 1
  for (let rest = value >>> 7; rest > 0; rest >>>= 7) size++
  at -= size
  let rest = value
  for (let i = at; i < at + size - 1; i++) {
    out[i] = (rest & 127) | 128
    rest >>>= 7
  }
  out[at + size - 1] = rest
}

function room(bytes: number): void {
  if (at >= bytes) return
  const written = out.subarray(at)
  const larger = new Uint8Array(2 * out.length + bytes)
  larger.set(written, larger.length - written.length)
  at = larger.length - written.length
  out = larger
  outView = new DataView(out.buffer)
}

/** Where the reader stands, and where what it may read ends; past the end once the bytes make no sense. */
let p = 0
let bytesIn: Uint8Array = out
let viewIn: DataView = outView

/**
 * A message from `bytes[start, end)`; undefined if it is none. Memory: a small multiple of its bytes; `bytes` fields are
 * views of the input.
 */
export function decode<T extends object>(
  of: Message<T>,
  bytes: Uint8Array,
  start = 0,
  end = bytes.length,
): T | undefined {
  if (bytesIn !== bytes) {
    bytesIn = bytes
    viewIn = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }
  p = start
  const value = readMessage(of, end)
  return p === end ? (value as T) : undefined
}

const BROKEN = Number.MAX_SAFE_INTEGER

function readMessage({ byNumber }: Message<object>, end: number): object {
  const value: Record<string, unknown> = {}
  while (p < end) {
    const key = readVarint(end)
    const each = byNumber[key >>> 3]
    if (each === undefined) skip(key & 7, end)
    else if (each.key === key) {
      const one = readValue(each.kind, end)
      if (!each.isRepeated) value[each.name] = one
      else if (value[each.name] === undefined) value[each.name] = [one]
      else (value[each.name] as unknown[]).push(one)
    } else if (each.isRepeated && (key & 7) === 2) value[each.name] = readPacked(each, value[each.name], end)
    else skip(key & 7, end)
  }
  return value
}

function readPacked({ kind }: NamedField, before: unknown, end: number): unknown[] {
  const values = (before as unknown[] | undefined) ?? []
  const stop = endOf(readVarint(end), end)
  while (p < stop) values.push(readValue(kind, stop))
  return values
}

function readValue(kind: NamedField['kind'], end: number): unknown {
  if (typeof kind !== 'string') return readMessage(kind, endOf(readVarint(end), end))
  switch (kind) {
    case 'double':
      return advance(8, end) ? viewIn.getFloat64(p - 8, true) : 0
    case 'float':
      return advance(4, end) ? viewIn.getFloat32(p - 4, true) : 0
    case 'int64':
      return readVarint(end)
    case 'bool':
      return readVarint(end) !== 0
    default: {
      const length = readVarint(end)
      if (!advance(length, end)) return ''
      return kind === 'string' ? readText(p - length, p) : bytesIn.subarray(p - length, p)
    }
  }
}

/** Where a part of `length` bytes ends; the part may not reach beyond the whole. */
function endOf(length: number, end: number): number {
  if (length >= 0 && p + length <= end) return p + length
  p = BROKEN
  return end
}

function advance(length: number, end: number): boolean {
  if (length >= 0 && p + length <= end) {
    p += length
    return true
  }
  p = BROKEN
  return false
}

function skip(wire: number, end: number): void {
  if (wire === 0) readVarint(end)
  else if (wire === 1) advance(8, end)
  else if (wire === 5) advance(4, end)
  else if (wire === 2) advance(readVarint(end), end)
  // groups went out of use before event files came up
  else p = BROKEN
}

/** A signed 64-bit number. */
function readVarint(end: number): number {
  let low = 0
  let high = 0
  for (let shift = 0; shift < 70; shift += 7) {
    if (p >= end) break
    const byte = bytesIn[p++]!
    const bits = byte & 127
    if (shift < 28) low |= bits << shift
    else if (shift === 28) {
      low |= bits << 28
      high = bits >>> 4
    } else high |= bits << (shift - 32)
    if (byte < 128) return high === 0 && low >= 0 ? low : high * 2 ** 32 + (low >>> 0)
  }
  p = BROKEN
  return 0
}

const text = new TextDecoder()

function readText(start: number, end: number): string {
  if (end - start > 64) return text.decode(bytesIn.subarray(start, end))
  let read = ''
  for (let i = start; i < end; i++) {
    const byte = bytesIn[i]!
    if (byte > 127) return text.decode(bytesIn.subarray(start, end))
    read += String.fromCharCode(byte)
  }
  return read
}
