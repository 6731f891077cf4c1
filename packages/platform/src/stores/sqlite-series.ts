import type { Json } from '@parzen/core'
import type { LastValues } from './decisive.js'
import { groupCommit } from './group-commit.js'
import { type Chunk, chunkOf, decodeChunk, encodeChunk, joined, recordsOf, sliced, withLast } from './record-chunk.js'
import type { SeriesAppend, SeriesHead, SeriesKey, SeriesStore } from './series.js'
import { pointsReader } from './series-points.js'
import { inTransaction, type SqliteDriver, type SqlValue } from './sqlite-driver.js'

export interface SqliteSeries extends SeriesStore {
  /** Resolves when nothing is being written. */
  drained(): Promise<void>
}

/** An append, already in the form it is kept in: later changes by the caller must not reach the series. */
interface Append {
  readonly key: SeriesKey
  readonly from: number
  readonly chunk: Chunk
  /** JSON. */
  readonly cursor: string | undefined
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
      const taken = batch.flatMap(split)
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

/** More records than a chunk may have go as several. */
function split({ from, records, cursor: given, ...key }: SeriesAppend): Append[] {
  const cursor = given === undefined ? undefined : JSON.stringify(given)
  const parts: Append[] = []
  for (let i = 0; i < records.length; i += MOST_RECORDS) {
    parts.push({ key, from: from + i, chunk: chunkOf(records.slice(i, i + MOST_RECORDS)), cursor })
  }
  return parts
}

function write(driver: SqliteDriver, { key, from, chunk, cursor }: Append): void {
  const row = rowOf(driver, key)
  if (!row) {
    const { study, trial, attempt, kind } = key
    driver.run(
      'INSERT INTO series (study, trial, attempt, kind, first, length, last) VALUES (?, ?, ?, ?, ?, ?, ?)',
      ...[study, trial, attempt, kind, from, from + chunk.count, JSON.stringify(withLast({}, chunk))],
    )
    put(driver, (rowOf(driver, key) as Row).id, { first: from, chunk })
  } else if (from < row.head.length) replace(driver, row, { first: from, chunk })
  else extend(driver, row, { first: from, chunk })
  if (cursor !== undefined) driver.run(`UPDATE series SET cursor = ? ${OF_KEY}`, cursor, ...valuesOf(key))
}

interface Placed {
  readonly first: number
  readonly chunk: Chunk
}

function extend(driver: SqliteDriver, { id, head }: Row, { first: from, chunk }: Placed): void {
  const last = JSON.stringify(withLast(head.last, chunk))
  driver.run('UPDATE series SET length = ?, last = ? WHERE id = ?', from + chunk.count, last, id)
  const taken = tailsToJoin(driver, id, { from, count: chunk.count })
  const first = taken.at(-1)?.first ?? from
  const old = [...chunksOf(driver, id, first)].map(([, bytes]) => decodeChunk(bytes))
  if (old.length > 0) driver.run('DELETE FROM series_chunks WHERE series = ? AND first >= ?', id, first)
  put(driver, id, { first, chunk: joined([...old, chunk]) })
}

/** Records that are sent again, after a crash: a rare thing, so that all is gone through. */
function replace(driver: SqliteDriver, { id, head }: Row, { first: from, chunk }: Placed): void {
  const to = from + chunk.count
  for (const [first, bytes] of [...chunksOf(driver, id)]) {
    const old = decodeChunk(bytes)
    if (first >= to || first + old.count <= from) continue
    driver.run('DELETE FROM series_chunks WHERE series = ? AND first = ?', id, first)
    put(driver, id, { first, chunk: sliced(old, 0, from - first) })
    put(driver, id, { first: Math.max(first, to), chunk: sliced(old, Math.max(0, to - first)) })
  }
  put(driver, id, { first: from, chunk })
  let last: LastValues = {}
  for (const [, bytes] of chunksOf(driver, id)) last = withLast(last, decodeChunk(bytes))
  driver.run(
    'UPDATE series SET first = ?, length = ?, last = ? WHERE id = ?',
    ...[Math.min(head.first, from), Math.max(head.length, to), JSON.stringify(last), id],
  )
}

function put(driver: SqliteDriver, id: number, { first, chunk }: Placed): void {
  if (chunk.count === 0) return
  driver.run('INSERT INTO series_chunks VALUES (?, ?, ?, ?)', id, first, chunk.count, encodeChunk(chunk))
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

const OF_KEY = 'WHERE study = ? AND kind = ? AND trial = ? AND attempt = ?'

function valuesOf({ study, kind, trial, attempt }: SeriesKey): SqlValue[] {
  return [study, kind, trial, attempt]
}

function rowOf(driver: SqliteDriver, key: SeriesKey): Row | undefined {
  const [row] = driver.all(`SELECT id, first, length, last FROM series ${OF_KEY}`, ...valuesOf(key))
  if (!row) return undefined
  const [id, ...rest] = row
  return { id: Number(id), head: headOf(key, rest) }
}

function headOf(key: SeriesKey, [first, length, last]: readonly unknown[]): SeriesHead {
  return {
    ...key,
    first: Number(first),
    length: Number(length),
    last: JSON.parse(String(last)) as LastValues,
  }
}
