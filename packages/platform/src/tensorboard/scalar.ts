import { type Event, eventMessage, type SummaryValue, type Tensor, tensorType } from './event.js'
import { decode } from './protobuf.js'

/** One point of a curve. */
export interface Scalar {
  readonly tag: string
  readonly step: number
  /** As float32 keeps it: 0.1 comes back as 0.10000000149; may be NaN or infinite. */
  readonly value: number
  /** Epoch milliseconds. */
  readonly at: number
}

/** The scalars of a record, in both encodings: `simple_value` (torch, tensorboardX) and a tensor of one number (TF 2). */
export function scalarsOf(event: Event): Scalar[] {
  const { summary, step = 0, wallTime = 0 } = event
  const scalars: Scalar[] = []
  for (const each of summary?.values ?? []) {
    const value = numberOf(each)
    if (value !== undefined && each.tag !== undefined) {
      scalars.push({ tag: each.tag, step, value, at: Math.round(wallTime * 1000) })
    }
  }
  return scalars
}

/** An event, if the bytes are one. */
export function decodeEvent(bytes: Uint8Array, start?: number, end?: number): Event | undefined {
  return decode(eventMessage, bytes, start, end)
}

function numberOf({ simpleValue, tensor, metadata }: SummaryValue): number | undefined {
  if (simpleValue !== undefined) return simpleValue
  const plugin = metadata?.plugin?.name
  return tensor === undefined || (plugin !== undefined && plugin !== 'scalars') ? undefined : onlyNumber(tensor)
}

function onlyNumber(tensor: Tensor): number | undefined {
  if (tensor.shape?.dim?.some(({ size }) => size !== 1)) return undefined
  const { content, floats, doubles, ints, longs, halves } = tensor
  const view = content && new DataView(content.buffer, content.byteOffset, content.byteLength)
  switch (tensor.type) {
    case tensorType.float:
      return view ? only(view, 4)?.getFloat32(0, true) : floats?.[0]
    case tensorType.double:
      return view ? only(view, 8)?.getFloat64(0, true) : doubles?.[0]
    case tensorType.int32:
      return view ? only(view, 4)?.getInt32(0, true) : ints?.[0]
    case tensorType.int64: {
      const whole = view && only(view, 8)?.getBigInt64(0, true)
      return view ? (whole === undefined ? undefined : Number(whole)) : longs?.[0]
    }
    case tensorType.half:
      return fromHalf(view ? only(view, 2)?.getUint16(0, true) : halves?.[0])
    case tensorType.bfloat16:
      return fromBfloat16(view ? only(view, 2)?.getUint16(0, true) : halves?.[0])
    default:
      return undefined
  }
}

function only(view: DataView, bytes: number): DataView | undefined {
  return view.byteLength === bytes ? view : undefined
}

/** IEEE 754 binary16. */
function fromHalf(bits: number | undefined): number | undefined {
  if (bits === undefined) return undefined
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 31
  const fraction = bits & 1023
  if (exponent === 31) return fraction === 0 ? sign * Infinity : Number.NaN
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25))
}

const four = new DataView(new ArrayBuffer(4))

function fromBfloat16(bits: number | undefined): number | undefined {
  if (bits === undefined) return undefined
  four.setUint16(2, bits & 0xffff, true)
  return four.getFloat32(0, true)
}
