import { ParzenError } from '@parzen/core'

export type SqlValue = string | number | null | Uint8Array

/**
 * The part of an SQLite library that the store needs; all calls are synchronous. better-sqlite3 has the shape that
 * `fromLibrary` takes, node:sqlite would need an adapter of its own.
 *
 * Errors carry SQLite's name of the result in `code` (`SQLITE_BUSY`, `SQLITE_FULL`, …).
 */
export interface SqliteDriver {
  exec(sql: string): void
  /** Prepared once per text of `sql`. @returns rows of columns; none for a statement that gives none. */
  all(sql: string, ...values: readonly SqlValue[]): readonly (readonly SqlValue[])[]
  run(sql: string, ...values: readonly SqlValue[]): void
  close(): void
}

interface Statement {
  run(...values: readonly SqlValue[]): unknown
  raw(on?: boolean): { all(...values: readonly SqlValue[]): unknown[] }
}

interface Library {
  exec(sql: string): unknown
  prepare(sql: string): Statement
  close(): unknown
}

/** Opens or creates the file at an absolute path. */
export async function openLibsql(path: string): Promise<SqliteDriver> {
  let libsql: { readonly default: new (path: string) => unknown }
  try {
    libsql = await import('libsql')
  } catch (cause) {
    throw new ParzenError(
      'store/driver',
      `store: expected the SQLite library libsql to load on ${process.platform}-${process.arch}, it does not`,
      { cause, hint: 'install again with optional dependencies (`npm ci --include=optional`)' },
    )
  }
  return fromLibrary(new libsql.default(path) as Library)
}

function fromLibrary(database: Library): SqliteDriver {
  const statements = new Map<string, Statement>()
  const prepared = (sql: string): Statement => {
    const known = statements.get(sql)
    if (known) return known
    const statement = database.prepare(sql)
    statements.set(sql, statement)
    return statement
  }
  return {
    exec(sql) {
      database.exec(sql)
    },
    all(sql, ...values) {
      return prepared(sql)
        .raw()
        .all(...values) as SqlValue[][]
    },
    run(sql, ...values) {
      prepared(sql).run(...values)
    },
    close() {
      // libsql lets go of the file when its statements have been collected as garbage
      statements.clear()
      database.close()
    },
  }
}

/** Does `work` in a transaction that has the file's write lock from the start: all of it or nothing. */
export function inTransaction<T>(driver: SqliteDriver, work: () => T): T {
  driver.exec('BEGIN IMMEDIATE')
  try {
    const result = work()
    driver.exec('COMMIT')
    return result
  } catch (error) {
    rollback(driver)
    throw error
  }
}

/** SQLite ends a transaction by itself after some errors (a full disk); a second end is then refused. */
function rollback(driver: SqliteDriver): void {
  try {
    driver.exec('ROLLBACK')
  } catch (error) {
    if (!/no transaction is active/.test(String(error))) throw error
  }
}
