import type { StudyEvent } from '@parzen/core'
import { inTransaction, type SqliteDriver, type SqlValue } from './sqlite-driver.js'
import { sqliteCode } from './sqlite-error.js'

/** One append as it goes to the file. */
export interface Append {
  readonly study: string
  readonly version: number
  /** Events as JSON. */
  readonly lines: readonly string[]
}

/** A study's row and its number of events; 0 events of no row if there is none of that name. */
function headOf(driver: SqliteDriver, study: string): { readonly id: SqlValue; readonly length: number } {
  const [row] = driver.all(
    'SELECT id, (SELECT max(version) + 1 FROM events WHERE study = studies.id) FROM studies WHERE name = ?',
    study,
  )
  return { id: row?.[0] ?? null, length: Number(row?.[1] ?? 0) }
}

export function journalLength(driver: SqliteDriver, study: string): number {
  return headOf(driver, study).length
}

/** All appends in one transaction; those that come too late change nothing. @returns for each whether it was in time. */
export function writeBatch(driver: SqliteDriver, batch: readonly Append[]): readonly boolean[] {
  return inTransaction(driver, () => batch.map((append) => writeOne(driver, append)))
}

function writeOne(driver: SqliteDriver, { study, version, lines }: Append): boolean {
  const head = headOf(driver, study)
  if (head.length !== version) return false
  if (lines.length === 0) return true
  if (head.id === null) driver.run('INSERT INTO studies (name) VALUES (?)', study)
  const { id } = head.id === null ? headOf(driver, study) : head
  lines.forEach((line, index) => {
    driver.run('INSERT INTO events VALUES (?, ?, ?)', id, version + index, line)
  })
  return true
}

const mostRows = 2000
/** Texts that are joined for one JSON.parse; well below the longest string of V8 and of SQLite. */
const bytesAtOnce = 8_000_000

/**
 * Every event from `version` on. Events are joined inside SQLite and parsed in bulk: a row of its own for each event
 * takes 1.5 times as long.
 */
export function readEvents(driver: SqliteDriver, study: string, version: number): StudyEvent[] {
  const events: StudyEvent[] = []
  let rows = 32
  for (;;) {
    const [count, text] = readSome(driver, { study, version: version + events.length, rows })
    if (text === undefined) {
      rows = 1
      continue
    }
    // pushed one by one: a spread of thousands of arguments may overflow the stack
    for (const event of JSON.parse(`[${text}]`) as StudyEvent[]) events.push(event)
    if (count < rows) return events
    rows = Math.max(1, Math.min(mostRows, rows * 4, Math.floor((bytesAtOnce * count) / (text.length + 1))))
  }
}

/** @returns how many events, and their JSON joined by commas; no text if together they are too big. */
function readSome(
  driver: SqliteDriver,
  { study, version, rows }: { study: string; version: number; rows: number },
): [number, string | undefined] {
  try {
    const [row] = driver.all(
      `SELECT count(*), group_concat(event, ',') FROM (
         SELECT event FROM events WHERE study = (SELECT id FROM studies WHERE name = ?) AND version >= ?
         ORDER BY version LIMIT ?)`,
      study,
      version,
      rows,
    )
    return [Number(row?.[0]), String(row?.[1] ?? '')]
  } catch (error) {
    if (rows > 1 && sqliteCode(error) === 'SQLITE_TOOBIG') return [0, undefined]
    throw error
  }
}
