import { type Json, memoryStore } from '@parzen/core'
import type { LastValues } from './decisive.js'
import { type Chunk, chunkOf, recordsOf, sliced, withLast } from './record-chunk.js'
import type { Repository, SeriesHead, SeriesKey, SeriesStore } from './series.js'
import { pointsReader } from './series-points.js'

interface Piece {
  readonly first: number
  readonly chunk: Chunk
}

interface Kept {
  readonly key: SeriesKey
  readonly pieces: readonly Piece[]
  readonly cursor: Json | undefined
}

/** Series in this process's memory. */
export function memorySeries(): SeriesStore {
  const kept = new Map<string, Kept>()
  const piecesOf = (key: SeriesKey) => kept.get(nameOf(key))?.pieces ?? []
  return {
    async append(batch) {
      for (const { from, records, cursor: given, ...key } of batch) {
        if (records.length === 0) continue
        const to = from + records.length
        const cursor = given ?? kept.get(nameOf(key))?.cursor
        const around = piecesOf(key).flatMap(({ first, chunk }) => [
          { first, chunk: sliced(chunk, 0, from - first) },
          { first: Math.max(first, to), chunk: sliced(chunk, Math.max(0, to - first)) },
        ])
        const pieces = [...around, { first: from, chunk: chunkOf(records) }].filter(({ chunk }) => chunk.count > 0)
        kept.set(nameOf(key), { key, cursor, pieces: pieces.sort((a, b) => a.first - b.first) })
      }
    },
    async heads(study, kind, trials) {
      return [...kept.values()]
        .filter(({ key }) => key.study === study && key.kind === kind && (trials?.includes(key.trial) ?? true))
        .map(headOf)
        .sort((a, b) => a.trial - b.trial || a.attempt - b.attempt)
    },
    async records(key, from) {
      const found = piecesOf(key).find(({ first, chunk }) => first + chunk.count > from)
      if (!found) return { records: [], next: from }
      const { first, chunk } = found
      return { records: recordsOf(sliced(chunk, Math.max(0, from - first))), next: first + chunk.count }
    },
    async cursor(key) {
      return kept.get(nameOf(key))?.cursor
    },
    async points(key, metric, most) {
      const pieces = piecesOf(key)
      const [start, end] = rangeOf(pieces)
      const reader = pointsReader(metric, end - start, most)
      for (const { first, chunk } of pieces) reader.add(chunk, first - start)
      return reader.points()
    },
  }
}

function headOf({ key, pieces }: Kept): SeriesHead {
  const [first, length] = rangeOf(pieces)
  return { ...key, first, length, last: pieces.reduce((last: LastValues, { chunk }) => withLast(last, chunk), {}) }
}

function rangeOf(pieces: readonly Piece[]): [number, number] {
  const last = pieces.at(-1)
  return [pieces[0]?.first ?? 0, last ? last.first + last.chunk.count : 0]
}

/** For tests and for studies that nobody keeps. */
export function memoryRepository(): Repository {
  return { ...memoryStore(), series: memorySeries() }
}

function nameOf({ study, trial, attempt, kind }: SeriesKey): string {
  return JSON.stringify([study, trial, attempt, kind])
}
