import { deflateRawSync, inflateRawSync } from 'node:zlib'
import type { StudyEvent } from '@parzen/core'
import type { SqliteDriver, SqlValue } from './sqlite-driver.js'

/**
 * Events that have been read by everyone who follows are packed, a page of them at a time: events say nearly the same
 * again and again, and take a seventh of the room then.
 */
const PAGE_EVENTS = 512
/** The newest events stay rows of their own: between one and two pages of them. */
const LOOSE_EVENTS = PAGE_EVENTS
/** As many events to a page as have no more characters than this, but one at least. */
const PAGE_CHARACTERS = 4_000_000
/** In one transaction, which others wait for; a long journal of an earlier version is packed bit by bit. */
const MOST_PAGES = 4

/** Packs what has become old by an append, in its transaction. @param from the version it was made at. */
export function packOld(
  driver: SqliteDriver,
  { id, from, to }: { readonly id: SqlValue; readonly from: number; readonly to: number },
): void {
  if (Math.floor(from / PAGE_EVENTS) === Math.floor(to / PAGE_EVENTS)) return
  for (let page = 0; page < MOST_PAGES; page++) {
    const first = Number(driver.all('SELECT min(version) FROM events WHERE study = ?', id)[0]?.[0])
    if (to - first < LOOSE_EVENTS + PAGE_EVENTS) return
    pack(driver, id, first)
  }
}

function pack(driver: SqliteDriver, id: SqlValue, first: number): void {
  const rows = driver.all(
    'SELECT event FROM events WHERE study = ? AND version BETWEEN ? AND ? ORDER BY version',
    ...[id, first, first + PAGE_EVENTS - 1],
  )
  let characters = 0
  const fits = rows.findIndex(([event]) => {
    characters += String(event).length
    return characters > PAGE_CHARACTERS
  })
  const taken = fits < 0 ? rows : rows.slice(0, Math.max(1, fits))
  // at level 1: three times as fast as by default, for a tenth more room
  const packed = deflateRawSync(taken.map(([event]) => event).join(','), { level: 1 })
  driver.run('INSERT INTO event_pages VALUES (?, ?, ?)', id, first, packed)
  driver.run('DELETE FROM events WHERE study = ? AND version BETWEEN ? AND ?', id, first, first + taken.length - 1)
}

/** The events of the page that has `version`, from that on. */
export function readPage(driver: SqliteDriver, study: string, version: number): StudyEvent[] {
  const [row] = driver.all(
    `SELECT first, events FROM event_pages WHERE study = (SELECT id FROM studies WHERE name = ?) AND first <= ?
     ORDER BY first DESC LIMIT 1`,
    ...[study, version],
  )
  const events = row && unpacked(row[1] as Buffer).slice(version - Number(row[0]))
  if (!events?.length) throw damaged(version)
  return events
}

function unpacked(packed: Buffer): StudyEvent[] {
  try {
    return JSON.parse(`[${inflateRawSync(packed)}]`) as StudyEvent[]
  } catch (cause) {
    throw damaged(undefined, cause)
  }
}

/** With SQLite's name for it, which tells people what to do. */
function damaged(version: number | undefined, cause?: unknown): Error {
  const what = version === undefined ? 'a page of events cannot be read' : `event ${version} is missing`
  return Object.assign(new Error(what, { cause }), { code: 'SQLITE_CORRUPT' })
}
