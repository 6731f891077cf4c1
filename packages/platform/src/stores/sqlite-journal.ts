import type { StudyEvent } from '@parzen/core'
import { packOld, readPage } from './journal-pages.js'
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
  packOld(driver, { id, from: version, to: version + lines.length })
  return true
}

const mostRows = 2000
/** Texts that are joined for one JSON.parse; well below the longest string of V8 and of SQLite. */
const bytesAtOnce = 8_000_000

/**
 * Every event from `version` on, those that are packed first. Loose ones are joined inside SQLite and parsed in bulk: a row of its own for each event
 * takes 1.5 times as long.
 */
export function readEvents(driver: SqliteDriver, study: string, version: number): StudyEvent[] {
  const events: StudyEvent[] = []
  let rows = 32
  for (;;) {
    const from = version + events.length
    const { count, first, text } = readLoose(driver, { study, version: from, rows })
    if (text === undefined) {
      rows = 1
      continue
    }
    const isPacked = count > 0 && first > from
    // pushed one by one: a spread of thousands of arguments may overflow the stack
    for (const event of isPacked ? readPage(driver, study, from) : (JSON.parse(`[${text}]`) as StudyEvent[]))
      events.push(event)
    if (isPacked) continue
    if (count < rows) return events
    rows = Math.max(1, Math.min(mostRows, rows * 4, Math.floor((bytesAtOnce * count) / (text.length + 1))))
  }
}

interface Loose {
  readonly count: number
  /** Version of the first of them. */
  readonly first: number
  /** Their JSON joined by commas; undefined if together they are too big. */
  readonly text: string | undefined
}

function readLoose(
  driver: SqliteDriver,
  { study, version, rows }: { study: string; version: number; rows: number },
): Loose {
  try {
    const [row] = driver.all(
      `SELECT count(*), min(version), group_concat(event, ',') FROM (
         SELECT version, event FROM events WHERE study = (SELECT id FROM studies WHERE name = ?) AND version >= ?
         ORDER BY version LIMIT ?)`,
      study,
      version,
      rows,
    )
    return { count: Number(row?.[0]), first: Number(row?.[1]), text: String(row?.[2] ?? '') }
  } catch (error) {
    if (rows > 1 && sqliteCode(error) === 'SQLITE_TOOBIG') return { count: 0, first: version, text: undefined }
    throw error
  }
}
