import type { Json } from '@parzen/core'
import { groupCommit } from './group-commit.js'
import { decodeChunk, recordsOf, sliced } from './record-chunk.js'
import type { SeriesStore } from './series.js'
import { pointsReader } from './series-points.js'
import type { SqliteDriver, SqlValue } from './sqlite-driver.js'
import { chunksOf, headOf, OF_KEY, rowOf, valuesOf } from './sqlite-series-rows.js'
import { type Placed, placed, seriesWriter } from './sqlite-series-write.js'

export interface SqliteSeries extends SeriesStore {
  /** Resolves when nothing is being written. */
  drained(): Promise<void>
}

/**
 * Chunks of records as blobs beside the journals.
 *
 * @param attempt runs work with patience. @param hasTables false of an older database that cannot be written.
 */
export function sqliteSeries(
  driver: SqliteDriver,
  attempt: <T>(work: () => T) => Promise<T>,
  hasTables = true,
): SqliteSeries {
  const write = seriesWriter(driver)
  const appends = groupCommit<readonly Placed[], void>((batch) =>
    attempt(() => {
      write(batch.flat())
      return batch.map(() => undefined)
    }),
  )
  return {
    append(batch) {
      const taken = batch.flatMap(placed)
      return taken.length === 0 ? Promise.resolve() : appends.add(taken)
    },
    async heads(study, kind, trials) {
      if (!hasTables) return []
      const rows = await attempt(() => headRows(driver, { study, kind, trials }))
      return rows.map(([trial, number, ...rest]) =>
        headOf({ study, trial: Number(trial), attempt: Number(number), kind }, rest),
      )
    },
    records(key, from) {
      return attempt(() => {
        const row = hasTables ? rowOf(driver, key) : undefined
        const rows = row ? chunksFrom(driver, row.id, from) : []
        const found = rows.find(([first, count]) => first + count > from)
        if (!found) return { records: [], next: from }
        const [first, count, bytes] = found
        return { records: recordsOf(sliced(decodeChunk(bytes), Math.max(0, from - first))), next: first + count }
      })
    },
    cursor(key) {
      return attempt(() => {
        const [[cursor] = []] = driver.all(`SELECT cursor FROM series ${OF_KEY}`, ...valuesOf(key))
        return typeof cursor === 'string' ? (JSON.parse(cursor) as Json) : undefined
      })
    },
    points(key, metric, most) {
      return attempt(() => {
        const row = hasTables ? rowOf(driver, key) : undefined
        if (!row) return { steps: [], at: [], values: [] }
        const { first, length } = row.head
        const reader = pointsReader(metric, length - first, most)
        for (const [from, bytes] of chunksOf(driver, row.id)) {
          reader.add(decodeChunk(bytes, metric), from - first)
        }
        return reader.points()
      })
    },
    drained: () => appends.drained(),
  }
}

/** The chunk that has record `from`, or the one before a gap, and the next one. */
function chunksFrom(driver: SqliteDriver, id: number, from: number): [number, number, Buffer][] {
  return driver
    .all(
      `SELECT first, count, records FROM series_chunks WHERE series = ?
       AND first >= coalesce((SELECT max(first) FROM series_chunks WHERE series = ? AND first <= ?), 0)
       ORDER BY first LIMIT 2`,
      id,
      id,
      from,
    )
    .map(([first, count, bytes]) => [Number(first), Number(count), bytes as Buffer])
}

/** Of many trials all are read at once. */
const MANY = 50

function headRows(
  driver: SqliteDriver,
  { study, kind, trials }: { study: string; kind: string; trials: readonly number[] | undefined },
): readonly (readonly SqlValue[])[] {
  const select = 'SELECT trial, attempt, first, length, last FROM series WHERE study = ? AND kind = ?'
  const wanted = trials && [...new Set(trials)].sort((a, b) => a - b)
  if (wanted && wanted.length < MANY) {
    return wanted.flatMap((trial) => driver.all(`${select} AND trial = ? ORDER BY attempt`, study, kind, trial))
  }
  const rows = driver.all(`${select} ORDER BY trial, attempt`, study, kind)
  const isWanted = new Set(wanted)
  return wanted ? rows.filter(([trial]) => isWanted.has(Number(trial))) : rows
}
