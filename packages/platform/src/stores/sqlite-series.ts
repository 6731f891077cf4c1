import type { Report } from '@parzen/core'
import { groupCommit } from './group-commit.js'
import { type Chunk, chunkOf, decodeChunk, encodeChunk, joined, recordsOf, sliced, withLast } from './record-chunk.js'
import type { SeriesHead, SeriesKey, SeriesStore } from './series.js'
import { pointsReader } from './series-points.js'
import { inTransaction, type SqliteDriver } from './sqlite-driver.js'

export interface SqliteSeries extends SeriesStore {
  /** Resolves when nothing is being written. */
  drained(): Promise<void>
}

/** An append, already in the form it is kept in: later changes by the caller must not reach the series. */
interface Append {
  readonly key: SeriesKey
  readonly from: number
  readonly chunk: Chunk
}

interface Row {
  readonly id: number
  readonly head: SeriesHead
}

interface Tail {
  readonly first: number
  readonly count: number
  readonly size: number
}

/** A chunk takes in no more than this. */
const MOST_RECORDS = 4096
const MOST_BYTES = 1 << 18

/**
 * Chunks of records as blobs beside the journals. A new chunk takes in those before it that are no longer than itself: an
 * attempt of n records has about log n chunks, and each record is written again about log n times.
 *
 * @param attempt runs work with patience. @param hasTables false of an older database that cannot be written.
 */
export function sqliteSeries(
  driver: SqliteDriver,
  attempt: <T>(work: () => T) => Promise<T>,
  hasTables = true,
): SqliteSeries {
  const appends = groupCommit<readonly Append[], void>((batch) =>
    attempt(() =>
      inTransaction(driver, () => {
        for (const each of batch.flat()) write(driver, each)
        return batch.map(() => undefined)
      }),
    ),
  )
  return {
    append(batch) {
      const taken = batch.flatMap(({ from, records, ...key }) => split(key, from, records))
      return taken.length === 0 ? Promise.resolve() : appends.add(taken)
    },
    async heads(study, kind, trials) {
      if (!hasTables) return []
      const wanted = trials && new Set(trials)
      const rows = await attempt(() =>
        driver.all(
          'SELECT trial, attempt, first, length, last FROM series WHERE study = ? AND kind = ? ORDER BY trial, attempt',
          study,
          kind,
        ),
      )
      return rows.flatMap(([trial, number, first, length, last]) =>
        wanted && !wanted.has(Number(trial))
          ? []
          : [headOf({ study, trial: Number(trial), attempt: Number(number), kind }, [first, length, last])],
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

/** More records than a chunk may have go as several. */
function split(key: SeriesKey, from: number, records: readonly Report[]): Append[] {
  const parts: Append[] = []
  for (let i = 0; i < records.length; i += MOST_RECORDS) {
    parts.push({ key, from: from + i, chunk: chunkOf(records.slice(i, i + MOST_RECORDS)) })
  }
  return parts
}

function write(driver: SqliteDriver, { key, from, chunk }: Append): void {
  const before = rowOf(driver, key)
  const row = before && before.head.length > from ? cut(driver, before, from) : before
  const first = row?.head.first ?? from
  const last = JSON.stringify(withLast(row?.head.last ?? {}, chunk))
  const length = from + chunk.count
  if (row) driver.run('UPDATE series SET length = ?, last = ? WHERE id = ?', length, last, row.id)
  else {
    const { study, trial, attempt, kind } = key
    driver.run(
      'INSERT INTO series (study, trial, attempt, kind, first, length, last) VALUES (?, ?, ?, ?, ?, ?, ?)',
      ...[study, trial, attempt, kind, first, length, last],
    )
  }
  const id = row?.id ?? (rowOf(driver, key) as Row).id
  const taken = row ? tailsToJoin(driver, id, { from, count: chunk.count }) : []
  const start = taken.at(-1)?.first ?? from
  const old = taken.length === 0 ? [] : [...chunksOf(driver, id, start)].map(([, bytes]) => decodeChunk(bytes))
  if (taken.length > 0) driver.run('DELETE FROM series_chunks WHERE series = ? AND first >= ?', id, start)
  const whole = joined([...old, chunk])
  driver.run('INSERT INTO series_chunks VALUES (?, ?, ?, ?)', id, start, whole.count, encodeChunk(whole))
}

/** The chunks right before `from` that a new one of `count` records takes in, the last first. */
function tailsToJoin(driver: SqliteDriver, id: number, { from, count }: { from: number; count: number }): Tail[] {
  const tails = driver
    .all('SELECT first, count, length(records) FROM series_chunks WHERE series = ? ORDER BY first DESC LIMIT 16', id)
    .map(([first, size, bytes]): Tail => ({ first: Number(first), count: Number(size), size: Number(bytes) }))
  const taken: Tail[] = []
  let [start, total, bytes] = [from, count, 0]
  for (const tail of tails) {
    const isNext = tail.first + tail.count === start && tail.count <= total
    if (!isNext || total + tail.count > MOST_RECORDS || bytes + tail.size > MOST_BYTES) break
    start = tail.first
    total += tail.count
    bytes += tail.size
    taken.push(tail)
  }
  return taken
}

/** Takes away the records from `from` on: they are sent again. @returns undefined if there is nothing left. */
function cut(driver: SqliteDriver, { id, head }: Row, from: number): Row | undefined {
  let last: SeriesHead['last'] = {}
  for (const [first, bytes] of [...chunksOf(driver, id)]) {
    const chunk = decodeChunk(bytes)
    if (first + chunk.count > from) driver.run('DELETE FROM series_chunks WHERE series = ? AND first = ?', id, first)
    if (first >= from) continue
    const left = sliced(chunk, 0, from - first)
    if (left.count < chunk.count) {
      driver.run('INSERT INTO series_chunks VALUES (?, ?, ?, ?)', id, first, left.count, encodeChunk(left))
    }
    last = withLast(last, left)
  }
  if (from > head.first) return { id, head: { ...head, length: from, last } }
  driver.run('DELETE FROM series WHERE id = ?', id)
  return undefined
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

function* chunksOf(driver: SqliteDriver, id: number, from = 0): Generator<[number, Buffer]> {
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

function rowOf(driver: SqliteDriver, key: SeriesKey): Row | undefined {
  const { study, trial, attempt, kind } = key
  const [row] = driver.all(
    'SELECT id, first, length, last FROM series WHERE study = ? AND trial = ? AND attempt = ? AND kind = ?',
    ...[study, trial, attempt, kind],
  )
  if (!row) return undefined
  const [id, ...rest] = row
  return { id: Number(id), head: headOf({ study, trial, attempt, kind }, rest) }
}

function headOf(key: SeriesKey, [first, length, last]: readonly unknown[]): SeriesHead {
  return {
    ...key,
    first: Number(first),
    length: Number(length),
    last: JSON.parse(String(last)) as SeriesHead['last'],
  }
}
