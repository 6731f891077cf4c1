import type { LastValues } from './decisive.js'
import type { SeriesHead, SeriesKey } from './series.js'
import type { SqliteDriver, SqlValue } from './sqlite-driver.js'

/** An attempt's row in `series`. */
export interface Row {
  readonly id: number
  readonly head: SeriesHead
}

export const OF_KEY = 'WHERE study = ? AND kind = ? AND trial = ? AND attempt = ?'

export function valuesOf({ study, kind, trial, attempt }: SeriesKey): SqlValue[] {
  return [study, kind, trial, attempt]
}

export function rowOf(driver: SqliteDriver, key: SeriesKey): Row | undefined {
  const [row] = driver.all(`SELECT id, first, length, last FROM series ${OF_KEY}`, ...valuesOf(key))
  if (!row) return undefined
  const [id, ...rest] = row
  return { id: Number(id), head: headOf(key, rest) }
}

export function headOf(key: SeriesKey, [first, length, last]: readonly unknown[]): SeriesHead {
  return {
    ...key,
    first: Number(first),
    length: Number(length),
    last: JSON.parse(String(last)) as LastValues,
  }
}

/** Bytes of the chunks that begin at `from` or later, in order. */
export function* chunksOf(driver: SqliteDriver, id: number, from = 0): Generator<[number, Buffer]> {
  let next = from
  for (;;) {
    // a few at a time: all of a long attempt would not fit into memory
    const rows = driver.all(
      'SELECT first, records FROM series_chunks WHERE series = ? AND first >= ? ORDER BY first LIMIT 16',
      id,
      next,
    )
    for (const [first, bytes] of rows) yield [Number(first), bytes as Buffer]
    if (rows.length < 16) return
    next = Number(rows.at(-1)?.[0]) + 1
  }
}
