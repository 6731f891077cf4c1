import type { Erasing } from './series.js'
import { inTransaction, type SqliteDriver } from './sqlite-driver.js'

/** No study's name begins so. The row of one that was erased stays as its id, which must not be given again: processes know studies by it. */
const ERASED = '.erased/'

/** Leaves out what has been erased, or is about to be freed. */
export const STUDIES = `SELECT name FROM studies WHERE name NOT GLOB '${ERASED}*'`

/** Pages a transaction gives back to the disk. */
const PAGES = 256

/** Rows a transaction takes away: some milliseconds, so that writers of other studies have their turn. */
const ROWS = 500

/** @param attempt waits for its turn at the file */
export function sqliteErasing(driver: SqliteDriver, attempt: <T>(work: () => T) => Promise<T>): Erasing {
  return {
    key: (study) => attempt(() => idOf(driver, study)),
    take: (study) =>
      attempt(() =>
        inTransaction(driver, () => {
          const id = idOf(driver, study)
          if (id === undefined) return false
          const erased = `${ERASED}${id}/${study}`
          driver.run('UPDATE studies SET name = ? WHERE id = ?', erased, id)
          driver.run('UPDATE series SET study = ? WHERE study = ?', erased, study)
          return true
        }),
      ),
    async left() {
      const rows = await attempt(() => driver.all(`SELECT id, name FROM studies WHERE name GLOB '${ERASED}*/*'`))
      return rows.map(([id, name]) => ({ key: Number(id), study: String(name).slice(`${ERASED}${id}/`.length) }))
    },
    async free({ key, study }) {
      const name = `${ERASED}${key}/${study}`
      while (await attempt(() => inTransaction(driver, () => freeSome(driver, key, name)))) {
        // others who wait for the file get it between two transactions
        await new Promise(setImmediate)
      }
      // of a file that was made before this was so, the room stays and is used for what comes
      while (await attempt(() => giveBack(driver))) await new Promise(setImmediate)
      await attempt(() => driver.run('UPDATE studies SET name = ? WHERE id = ?', `${ERASED}${key}`, key))
    },
  }
}

/** @returns whether there is more to give back. */
function giveBack(driver: SqliteDriver): boolean {
  const INCREMENTAL = 2
  if (Number(driver.all('PRAGMA auto_vacuum')[0]?.[0]) !== INCREMENTAL) return false
  driver.exec(`PRAGMA incremental_vacuum(${PAGES})`)
  return Number(driver.all('PRAGMA freelist_count')[0]?.[0]) > 0
}

function idOf(driver: SqliteDriver, study: string): number | undefined {
  const id = driver.all('SELECT id FROM studies WHERE name = ?', study)[0]?.[0]
  return id === undefined || id === null ? undefined : Number(id)
}

/** @returns whether there was something to take away. */
function freeSome(driver: SqliteDriver, id: number, name: string): boolean {
  const cuts = [
    [
      `DELETE FROM events WHERE study = ?1 AND version IN (SELECT version FROM events WHERE study = ?1 LIMIT ${ROWS})`,
      id,
    ],
    [
      `DELETE FROM event_pages WHERE study = ?1 AND first IN (SELECT first FROM event_pages WHERE study = ?1 LIMIT ${ROWS})`,
      id,
    ],
    [
      `DELETE FROM series_chunks WHERE rowid IN (SELECT c.rowid FROM series_chunks c JOIN series s ON s.id = c.series WHERE s.study = ?1 LIMIT ${ROWS})`,
      name,
    ],
    [`DELETE FROM series WHERE id IN (SELECT id FROM series WHERE study = ?1 LIMIT ${ROWS})`, name],
  ] as const
  return cuts.some(([sql, of]) => {
    driver.run(sql, of)
    return Number(driver.all('SELECT changes()')[0]?.[0]) > 0
  })
}
