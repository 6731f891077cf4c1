import type { LastValues } from './decisive.js'
import { type Chunk, chunkOf, decodeChunk, encodeChunk, joined, sliced, withLast } from './record-chunk.js'
import type { SeriesAppend, SeriesHead, SeriesKey } from './series.js'
import { inTransaction, type SqliteDriver } from './sqlite-driver.js'
import { chunksOf, type Row, rowOf, valuesOf } from './sqlite-series-rows.js'

/** An append, already in the form it is kept in: later changes by the caller must not reach the series. */
export interface Placed {
  readonly key: SeriesKey
  /** Number of its first record. */
  readonly from: number
  readonly chunk: Chunk
  /** JSON. */
  readonly cursor: string | undefined
}

/** A chunk takes in no more than this. */
const MOST_RECORDS = 4096
const MOST_BYTES = 1 << 18
/** So many chunks of about a size become one. */
const JOINED = 8
/** More of them than are left beside each other. */
const MOST_TAILS = 64
/** Attempts that are written to at a time, about. */
const MOST_KNOWN = 10_000

/** More records than a chunk may have go as several. */
export function placed({ from, records, cursor: given, ...key }: SeriesAppend): Placed[] {
  const cursor = given === undefined ? undefined : JSON.stringify(given)
  const parts: Placed[] = []
  for (let i = 0; i < records.length; i += MOST_RECORDS) {
    parts.push({ key, from: from + i, chunk: chunkOf(records.slice(i, i + MOST_RECORDS)), cursor })
  }
  return parts
}

/** What is known of an attempt's rows. */
interface Known {
  readonly id: number
  head: Pick<SeriesHead, 'first' | 'length' | 'last'>
  /** The newest chunks, the oldest first. */
  readonly tails: Tail[]
}

interface Tail {
  readonly first: number
  readonly count: number
  readonly bytes: number
}

/**
 * Writes appends in one transaction: all or nothing.
 *
 * A new chunk takes in those before it that are no longer than itself once they are seven: an attempt of n records has
 * some log n chunks, and each record is written again log8 n times. What was read or written of an attempt is remembered
 * for its next append, for as long as no other connection has written to the file.
 */
export function seriesWriter(driver: SqliteDriver): (batch: readonly Placed[]) => void {
  const known = new Map<string, Known>()
  let stamp: unknown

  const write = (append: Placed) => {
    const name = JSON.stringify(valuesOf(append.key))
    const found = known.get(name) ?? find(driver, append)
    if (append.from < found.head.length) {
      known.delete(name)
      replace(driver, found, append)
    } else {
      known.set(name, found)
      extend(driver, found, append)
    }
  }
  return (batch) => {
    try {
      inTransaction(driver, () => {
        const now = driver.all('PRAGMA data_version')[0]?.[0]
        if (now !== stamp || known.size > MOST_KNOWN) known.clear()
        stamp = now
        for (const append of batch) write(append)
      })
    } catch (error) {
      known.clear()
      throw error
    }
  }
}

/** Makes the row if there is none. */
function find(driver: SqliteDriver, { key, from }: Placed): Known {
  const row = rowOf(driver, key)
  if (!row) {
    driver.run(
      'INSERT INTO series (study, kind, trial, attempt, first, length, last) VALUES (?, ?, ?, ?, ?, ?, ?)',
      ...[...valuesOf(key), from, from, '{}'],
    )
    const { id, head } = rowOf(driver, key) as Row
    return { id, head, tails: [] }
  }
  const tails = driver
    .all(
      'SELECT first, count, length(records) FROM series_chunks WHERE series = ? ORDER BY first DESC LIMIT ?',
      ...[row.id, MOST_TAILS],
    )
    .map(([first, count, bytes]): Tail => ({ first: Number(first), count: Number(count), bytes: Number(bytes) }))
  return { ...row, tails: tails.reverse() }
}

function extend(driver: SqliteDriver, known: Known, { from, chunk, cursor }: Placed): void {
  const { id, head, tails } = known
  known.head = { first: head.first, length: from + chunk.count, last: withLast(head.last, chunk) }
  driver.run(
    'UPDATE series SET length = ?, last = ?, cursor = coalesce(?, cursor) WHERE id = ?',
    ...[known.head.length, JSON.stringify(known.head.last), cursor ?? null, id],
  )
  const taken = tails.splice(tails.length - tailsToJoin(tails, from, chunk.count))
  const first = taken[0]?.first ?? from
  const old = taken.length === 0 ? [] : [...chunksOf(driver, id, first)].map(([, bytes]) => decodeChunk(bytes))
  if (old.length > 0) driver.run('DELETE FROM series_chunks WHERE series = ? AND first >= ?', id, first)
  const whole = joined([...old, chunk])
  tails.push({ first, count: whole.count, bytes: put(driver, id, first, whole) })
  if (tails.length > MOST_TAILS) tails.shift()
}

/** How many of the newest chunks one that begins at `from` takes in. */
function tailsToJoin(tails: readonly Tail[], from: number, count: number): number {
  let [taken, start, total, bytes] = [0, from, count, 0]
  for (;;) {
    let [run, size, first] = [0, total, start]
    for (let i = tails.length - taken - 1; i >= 0; i--) {
      const tail = tails[i] as Tail
      if (tail.count > total || tail.first + tail.count !== first) break
      bytes += tail.bytes
      size += tail.count
      first = tail.first
      run++
    }
    if (run < JOINED - 1 || size > MOST_RECORDS || bytes > MOST_BYTES) return taken
    taken += run
    start = first
    total = size
  }
}

/** Records that are sent again, after a crash: a rare thing, so that all is gone through. */
function replace(driver: SqliteDriver, { id, head }: Known, { from, chunk, cursor }: Placed): void {
  const to = from + chunk.count
  for (const [first, bytes] of [...chunksOf(driver, id)]) {
    const old = decodeChunk(bytes)
    if (first >= to || first + old.count <= from) continue
    driver.run('DELETE FROM series_chunks WHERE series = ? AND first = ?', id, first)
    put(driver, id, first, sliced(old, 0, from - first))
    put(driver, id, Math.max(first, to), sliced(old, Math.max(0, to - first)))
  }
  put(driver, id, from, chunk)
  let last: LastValues = {}
  for (const [, bytes] of chunksOf(driver, id)) last = withLast(last, decodeChunk(bytes))
  driver.run(
    'UPDATE series SET first = ?, length = ?, last = ?, cursor = coalesce(?, cursor) WHERE id = ?',
    ...[Math.min(head.first, from), Math.max(head.length, to), JSON.stringify(last), cursor ?? null, id],
  )
}

/** @returns how many bytes it takes. */
function put(driver: SqliteDriver, id: number, first: number, chunk: Chunk): number {
  if (chunk.count === 0) return 0
  const bytes = encodeChunk(chunk)
  driver.run('INSERT INTO series_chunks VALUES (?, ?, ?, ?)', id, first, chunk.count, bytes)
  return bytes.length
}
