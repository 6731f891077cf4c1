import { ParzenError } from '@parzen/core'
import { inTransaction, type SqliteDriver } from './sqlite-driver.js'

/**
 * What brings a database of version n to n + 1. Never change one that has been released: append another.
 *
 * Events are JSON text: REAL columns would turn NaN into NULL and -0 into 0.
 */
export const migrations: readonly string[] = [
  `CREATE TABLE studies (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
   CREATE TABLE events (
     study INTEGER NOT NULL REFERENCES studies (id),
     version INTEGER NOT NULL,
     event TEXT NOT NULL,
     PRIMARY KEY (study, version)
   ) WITHOUT ROWID;`,
  // `last`: JSON; `records`: see record-chunk.ts. By name, since a series may be written before its study is looked up
  `CREATE TABLE series (
     id INTEGER PRIMARY KEY,
     study TEXT NOT NULL,
     kind TEXT NOT NULL,
     trial INTEGER NOT NULL,
     attempt INTEGER NOT NULL,
     first INTEGER NOT NULL,
     length INTEGER NOT NULL,
     last TEXT NOT NULL,
     UNIQUE (study, kind, trial, attempt)
   );
   CREATE TABLE series_chunks (
     series INTEGER NOT NULL REFERENCES series (id),
     first INTEGER NOT NULL,
     count INTEGER NOT NULL,
     records BLOB NOT NULL,
     PRIMARY KEY (series, first)
   );`,
  // `events`: see journal-pages.ts
  `CREATE TABLE event_pages (
     study INTEGER NOT NULL REFERENCES studies (id),
     first INTEGER NOT NULL,
     events BLOB NOT NULL,
     PRIMARY KEY (study, first)
   );`,
  // JSON: where the reader of an attempt's output stood when its records were written
  'ALTER TABLE series ADD COLUMN cursor TEXT',
]

export const schemaVersion = migrations.length
/** Databases before this version have no series. */
export const seriesSince = 2

/**
 * Looks at the database without touching it. @returns its version; 0 if it is empty.
 * @throws ParzenError `store/newer` if a newer Parzen made it, `store/not-a-database` if it is someone else's.
 */
export function checkDatabase(driver: SqliteDriver, path: string, known = schemaVersion): number {
  const version = readVersion(driver, path)
  if (version > known) throw newer(path, version, known)
  return version
}

/** Makes the tables, or brings older ones up to date; several processes may do so at once. */
export function migrate(driver: SqliteDriver, path: string, steps: readonly string[] = migrations): void {
  if (checkDatabase(driver, path, steps.length) === steps.length) return
  inTransaction(driver, () => {
    const from = checkDatabase(driver, path, steps.length)
    if (from === 0) driver.exec('CREATE TABLE IF NOT EXISTS parzen_schema (version INTEGER NOT NULL)')
    for (const step of steps.slice(from)) driver.exec(step)
    driver.exec('DELETE FROM parzen_schema')
    driver.exec(`INSERT INTO parzen_schema VALUES (${steps.length})`)
  })
}

/** 0: an empty database. */
function readVersion(driver: SqliteDriver, path: string): number {
  const tables = driver.all("SELECT name FROM sqlite_master WHERE type = 'table'").map(([name]) => name)
  if (tables.length === 0) return 0
  if (!tables.includes('parzen_schema')) {
    throw new ParzenError(
      'store/not-a-database',
      `store ${path}: expected a Parzen database, got one with the tables ${tables.join(', ')}`,
      { hint: 'name another place with --store or PARZEN_STORE; the file was left as it is' },
    )
  }
  return Number(driver.all('SELECT version FROM parzen_schema')[0]?.[0] ?? 0)
}

function newer(path: string, came: number, known: number): ParzenError {
  return new ParzenError(
    'store/newer',
    `store ${path}: expected a database of version ${known} or older, got version ${came}, made by a newer Parzen`,
    {
      hint: 'update this installation (`npm install parzen@latest`) or name another place with --store; the file was left as it is',
    },
  )
}
