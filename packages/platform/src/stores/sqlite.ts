import { existsSync, statSync, writeFileSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ParzenError } from '@parzen/core'
import { groupCommit } from './group-commit.js'
import { type Patience, patiently } from './patience.js'
import type { Repository } from './series.js'
import { openLibsql, type SqliteDriver } from './sqlite-driver.js'
import { STUDIES, sqliteErasing } from './sqlite-erase.js'
import { asStoreError, isBusy } from './sqlite-error.js'
import { type Append, journalLength, readEvents, writeBatch } from './sqlite-journal.js'
import { checkDatabase, migrate, seriesSince } from './sqlite-schema.js'
import { sqliteSeries } from './sqlite-series.js'
import { watch } from './sqlite-watch.js'

/** `process`: what is appended survives kill -9 of everything. `power`: also a power cut, by an fsync for each group of appends. */
export type Durability = 'process' | 'power'

export interface SqliteOptions {
  readonly durability?: Durability
  /** How long other processes may keep the file before that is an error. Default: a minute. */
  readonly patienceMilliseconds?: number
  /** Opens what cannot be written, too; appends then fail. Default: false. */
  readonly mayBeReadOnly?: boolean
}

/**
 * Journals and series in one SQLite file, for many processes of one machine.
 *
 * PRIMARY KEY (study, version) is the concurrency control; writers take turns by BEGIN IMMEDIATE. Waiting for the turn
 * leaves the event loop free, unlike SQLite's own busy_timeout. Appends that come while another is being written share
 * the next transaction, and so its fsync.
 * @throws ParzenError `store/…`
 */
export async function sqliteStore(file: string, options: SqliteOptions = {}): Promise<Repository> {
  const path = resolve(file)
  const patience = { milliseconds: options.patienceMilliseconds ?? 60_000, isWorthWaiting: isBusy }
  const driver = await openFile(path, options, patience)
  let isOpen = true
  const attempt = async <T>(work: () => T): Promise<T> => {
    try {
      return await patiently(() => {
        if (!isOpen) throw new ParzenError('store/closed', `store ${path}: expected an open store, it has been closed`)
        return work()
      }, patience)
    } catch (error) {
      throw asStoreError(error, path)
    }
  }
  const appends = groupCommit<Append, boolean>((batch) => attempt(() => writeBatch(driver, batch)))
  const series = sqliteSeries(driver, attempt, checkDatabase(driver, path) >= seriesSince)
  const watching = watch(() => driver.all('PRAGMA data_version')[0]?.[0])

  return {
    series,
    erasing: sqliteErasing(driver, attempt),
    async append(study, version, events) {
      // turned into text now: later changes by the caller must not reach the journal
      const lines = events.map((event) => JSON.stringify(event))
      const appended = await appends.add({ study, version, lines })
      if (appended) watching.wake()
      return appended
    },
    read(study, version) {
      return attempt(() => readEvents(driver, study, version))
    },
    async changed(study, version, signal) {
      if (!isOpen) return
      await watching.wait(() => journalLength(driver, study) > version, signal)
    },
    async list() {
      const rows = await attempt(() => driver.all(STUDIES))
      return rows.map(([name]) => String(name)).sort()
    },
    async close() {
      await Promise.all([appends.drained(), series.drained()])
      if (!isOpen) return
      isOpen = false
      watching.close()
      closeFile(driver)
    },
  }
}

async function openFile(
  path: string,
  { durability, mayBeReadOnly }: SqliteOptions,
  patience: Patience,
): Promise<SqliteDriver> {
  let driver: SqliteDriver | undefined
  makeFile(path)
  try {
    const opened = await openLibsql(path)
    driver = opened
    await patiently(() => {
      // only before anything is in the file: what is deleted later can be given back to the disk bit by bit
      if (checkDatabase(opened, path) === 0) opened.exec('PRAGMA auto_vacuum = INCREMENTAL')
      // kept in the file; changing it needs the file for oneself, which SQLite does not wait for
      if (opened.all('PRAGMA journal_mode')[0]?.[0] !== 'wal') opened.all('PRAGMA journal_mode = WAL')
      opened.exec(`PRAGMA synchronous = ${durability === 'power' ? 'FULL' : 'NORMAL'}`)
      migrate(opened, path)
    }, patience)
    return driver
  } catch (error) {
    driver?.close()
    const known = asStoreError(error, path)
    if (mayBeReadOnly && known instanceof ParzenError && known.code === 'store/read-only')
      return openReadOnly(path, known)
    throw known
  }
}

/** Readable for its owner alone, which SQLite then makes the files beside it, too. */
function makeFile(path: string): void {
  try {
    // exclusively: to open and close one that is there would take away the locks this process has on it
    writeFileSync(path, '', { flag: 'wx', mode: 0o600 })
  } catch {
    // it is there, or cannot be made, of which SQLite tells
  }
}

/**
 * A database that cannot be written and neither can the files beside it, which SQLite needs to share it. Without them it
 * is read as a file that nobody changes. @throws `known` if what it says may not be all.
 */
async function openReadOnly(path: string, known: ParzenError): Promise<SqliteDriver> {
  const log = statSync(`${path}-wal`, { throwIfNoEntry: false })
  if (!existsSync(path)) throw known
  if (log && log.size > 0) {
    throw new ParzenError(
      'store/read-only',
      `store ${path}: expected a folder that can be written, got a read-only one`,
      {
        cause: known,
        hint: `the last events are still in ${basename(path)}-wal beside it: copy both to a folder of yours, and name that with --store`,
      },
    )
  }
  const driver = await openLibsql(`${pathToFileURL(path).href}?immutable=1`)
  try {
    // an older one has no series, which are then read as empty
    if (checkDatabase(driver, path) > 0) return driver
  } catch (error) {
    driver.close()
    throw asStoreError(error, path)
  }
  driver.close()
  throw known
}

/** The write-ahead log is emptied into the file, so that a copy of the file alone is complete. */
function closeFile(driver: SqliteDriver): void {
  try {
    driver.all('PRAGMA wal_checkpoint(TRUNCATE)')
  } catch {
    // others still use the file, or the disk is full: nothing is lost, the log is read with the file until a later close
  } finally {
    driver.close()
  }
}
