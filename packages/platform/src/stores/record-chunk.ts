import { encodeMetrics, type Report } from '@parzen/core'
import type { LastValues } from './decisive.js'
import { packNumbers, unpackNumbers } from './number-column.js'

/** Records of an attempt by column; records share their steps and times, and need not all have the same metrics. */
export interface Chunk {
  readonly count: number
  readonly steps: Float64Array
  /** Epoch milliseconds. */
  readonly at: Float64Array
  readonly columns: ReadonlyMap<string, Column>
}

export interface Column {
  /** Which records have the metric, ascending. */
  readonly rows: Uint32Array
  readonly values: Float64Array
}

export function chunkOf(records: readonly Report[]): Chunk {
  const found = new Map<string, { rows: number[]; values: number[] }>()
  records.forEach(({ metrics }, row) => {
    for (const [name, value] of Object.entries(metrics)) {
      let column = found.get(name)
      if (!column) {
        column = { rows: [], values: [] }
        found.set(name, column)
      }
      column.rows.push(row)
      column.values.push(Number(value))
    }
  })
  const columns = [...found].map(([name, { rows, values }]): [string, Column] => [
    name,
    { rows: Uint32Array.from(rows), values: Float64Array.from(values) },
  ])
  return {
    count: records.length,
    steps: Float64Array.from(records, ({ step }) => step),
    at: Float64Array.from(records, ({ at }) => at),
    columns: new Map(columns),
  }
}

export function recordsOf({ count, steps, at, columns }: Chunk): Report[] {
  const metrics = Array.from({ length: count }, (): Record<string, number> => ({}))
  for (const [name, { rows, values }] of columns) {
    rows.forEach((row, i) => {
      // a metric may have any name, also __proto__
      Object.defineProperty(metrics[row], name, { value: values[i], enumerable: true })
    })
  }
  return metrics.map((of, row) => ({
    at: at[row] as number,
    step: steps[row] as number,
    metrics: encodeMetrics(of),
  }))
}

export function joined(chunks: readonly Chunk[]): Chunk {
  const [only] = chunks
  if (only && chunks.length === 1) return only
  const starts: number[] = []
  let count = 0
  for (const chunk of chunks) {
    starts.push(count)
    count += chunk.count
  }
  const names = new Set(chunks.flatMap(({ columns }) => [...columns.keys()]))
  const columns = [...names].map((name): [string, Column] => {
    const parts = chunks.flatMap(({ columns }, i) => {
      const column = columns.get(name)
      return column ? [{ start: starts[i] as number, ...column }] : []
    })
    const length = parts.reduce((sum, { rows }) => sum + rows.length, 0)
    const column = { rows: new Uint32Array(length), values: new Float64Array(length) }
    let at = 0
    for (const { start, rows, values } of parts) {
      column.values.set(values, at)
      for (const row of rows) column.rows[at++] = row + start
    }
    return [name, column]
  })
  const steps = new Float64Array(count)
  const at = new Float64Array(count)
  chunks.forEach((chunk, i) => {
    steps.set(chunk.steps, starts[i])
    at.set(chunk.at, starts[i])
  })
  return { count, steps, at, columns: new Map(columns) }
}

/** Records `from` to before `to`; none if there are no such. */
export function sliced(chunk: Chunk, from: number, to = chunk.count): Chunk {
  const { count, steps, at, columns } = chunk
  if (from <= 0 && to >= count) return chunk
  if (from >= Math.min(to, count)) return chunkOf([])
  const within = [...columns].flatMap(([name, { rows, values }]): [string, Column][] => {
    const start = firstNotBelow(rows, from)
    const end = firstNotBelow(rows, to)
    if (start === end) return []
    return [[name, { rows: rows.slice(start, end).map((row) => row - from), values: values.slice(start, end) }]]
  })
  return {
    count: Math.min(to, count) - from,
    steps: steps.slice(from, to),
    at: at.slice(from, to),
    columns: new Map(within),
  }
}

function firstNotBelow(sorted: Uint32Array, limit: number): number {
  const index = sorted.findIndex((row) => row >= limit)
  return index < 0 ? sorted.length : index
}

/** The last values with those of records that came after them. */
export function withLast(last: LastValues, { steps, at, columns }: Chunk): LastValues {
  const now = new Map(Object.entries(last))
  for (const [name, { rows, values }] of columns) {
    let best = now.get(name)?.step ?? Number.NEGATIVE_INFINITY
    let place = -1
    rows.forEach((row, i) => {
      const step = steps[row] as number
      if (step < best) return
      best = step
      place = i
    })
    if (place < 0) continue
    const { value } = encodeMetrics({ value: values[place] as number }) as { value: Report['metrics'][string] }
    now.set(name, { step: best, at: at[rows[place] as number] as number, value })
  }
  return Object.fromEntries(now)
}

/**
 * Bytes: version, number of records, then the columns, each with its length ahead so that others can be passed over:
 * steps, times, and of each metric its name, rows (empty: all) and values.
 */
export function encodeChunk({ count, steps, at, columns }: Chunk): Buffer {
  const parts: Buffer[] = [Buffer.of(VERSION), word(count), ...part(packNumbers(steps)), ...part(packNumbers(at))]
  for (const [name, { rows, values }] of columns) {
    const isEverywhere = rows.length === count
    parts.push(...part(Buffer.from(name)), word(rows.length))
    parts.push(...part(isEverywhere ? NOTHING : packNumbers(Float64Array.from(rows))), ...part(packNumbers(values)))
  }
  return Buffer.concat(parts)
}

/** @param only the one metric wanted; default: all. @throws RangeError if the bytes are no chunk. */
export function decodeChunk(bytes: Buffer, only?: string): Chunk {
  const version = bytes.readUInt8(0)
  if (version !== VERSION) throw new RangeError(`series: expected chunks of form ${VERSION}, got ${version}`)
  let position = 1
  const number = () => {
    position += 4
    return bytes.readUInt32LE(position - 4)
  }
  const next = () => {
    const length = number()
    position += length
    return bytes.subarray(position - length, position)
  }
  const count = number()
  const steps = unpackNumbers(next(), count)
  const at = unpackNumbers(next(), count)
  const columns = new Map<string, Column>()
  while (position < bytes.length) {
    const name = next().toString()
    const size = number()
    const [rows, values] = [next(), next()]
    if (only !== undefined && name !== only) continue
    columns.set(name, {
      rows:
        rows.length === 0
          ? Uint32Array.from({ length: size }, (_, i) => i)
          : Uint32Array.from(unpackNumbers(rows, size)),
      values: unpackNumbers(values, size),
    })
  }
  return { count, steps, at, columns }
}

const VERSION = 1
const NOTHING = Buffer.alloc(0)

function word(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(4)
  bytes.writeUInt32LE(value)
  return bytes
}

function part(bytes: Buffer): [Buffer, Buffer] {
  return [word(bytes.length), bytes]
}
