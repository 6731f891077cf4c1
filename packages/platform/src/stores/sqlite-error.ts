import { accessSync, constants, existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { ParzenError } from '@parzen/core'

/** https://www.sqlite.org/rescode.html: the primary codes that mean something here. */
const names: { readonly [code: number]: string } = {
  3: 'SQLITE_PERM',
  5: 'SQLITE_BUSY',
  6: 'SQLITE_LOCKED',
  7: 'SQLITE_NOMEM',
  8: 'SQLITE_READONLY',
  10: 'SQLITE_IOERR',
  11: 'SQLITE_CORRUPT',
  13: 'SQLITE_FULL',
  14: 'SQLITE_CANTOPEN',
  15: 'SQLITE_PROTOCOL',
  18: 'SQLITE_TOOBIG',
  26: 'SQLITE_NOTADB',
}

/** SQLite's name of what went wrong, e.g. `SQLITE_FULL`; empty if the error is not SQLite's. */
export function sqliteCode(error: unknown): string {
  if (!(error instanceof Error)) return ''
  const { code, rawCode } = error as { code?: unknown; rawCode?: unknown }
  // libsql has no names for most extended codes, whose lowest byte is the code they extend
  if (String(code).startsWith('UNKNOWN_') && typeof rawCode === 'number') return names[rawCode & 0xff] ?? String(code)
  if (typeof code === 'string' && code !== '') return code
  // libsql tells of a file it cannot open in words, with SQLite's number at the end
  return /ConnectionFailed\(.*: 14"?\)/.test(error.message) ? 'SQLITE_CANTOPEN' : ''
}

/** Somebody else has the file just now. `SQLITE_PROTOCOL`: lost a race for the write-ahead log several times. */
export function isBusy(error: unknown): boolean {
  return /^SQLITE_(BUSY|LOCKED|PROTOCOL)/.test(sqliteCode(error))
}

/** The error a person sees instead of SQLite's; anything that is not SQLite's comes back as it is. */
export function asStoreError(error: unknown, path: string): unknown {
  const code = sqliteCode(error) === 'SQLITE_CANTOPEN' && !isWritable(path) ? 'SQLITE_READONLY' : sqliteCode(error)
  const known = causes.find(({ codes }) => codes.test(code))
  if (!known) return error
  return new ParzenError(known.code, `store ${path}: expected ${known.text}`, { cause: error, hint: known.hint })
}

/** Where a database could be, but the write-ahead log beside it cannot be made, SQLite says no more than "cannot open". */
function isWritable(path: string): boolean {
  const folder = dirname(path)
  try {
    for (const place of [folder, path]) if (existsSync(place)) accessSync(place, constants.W_OK)
    return true
  } catch {
    return false
  }
}

const causes: readonly {
  readonly codes: RegExp
  readonly code: string
  readonly text: string
  readonly hint: string
}[] = [
  {
    codes: /^SQLITE_(BUSY|LOCKED|PROTOCOL)/,
    code: 'store/busy',
    text: 'its turn to write within a minute, another process keeps it busy',
    hint: 'look for a process that is stopped or hangs while it has the file open (`fuser`), end it and run again; nothing was lost',
  },
  {
    // the shared-memory file beside a database has no room either
    codes: /^SQLITE_(FULL|IOERR_SHMSIZE)/,
    code: 'store/full',
    text: 'room to write, the disk is full',
    hint: 'free some space and run again; nothing that was written before is lost',
  },
  {
    codes: /^SQLITE_(READONLY|PERM)/,
    code: 'store/read-only',
    text: 'a file and a folder that can be written, got read-only ones',
    hint: 'change their permissions, or name another place with --store or PARZEN_STORE',
  },
  {
    codes: /^SQLITE_CANTOPEN/,
    code: 'store/open',
    text: 'a file that can be opened or made, got one that cannot',
    hint: 'check that it is no folder and that its folder may be written, or name another place with --store or PARZEN_STORE',
  },
  {
    codes: /^SQLITE_NOTADB/,
    code: 'store/not-a-database',
    text: 'a Parzen database, got a file of another kind',
    hint: 'name another place with --store or PARZEN_STORE; the file was left as it is',
  },
  {
    codes: /^SQLITE_CORRUPT/,
    code: 'store/corrupt',
    text: 'a sound database, got a damaged one',
    hint: 'keep the file, and put back a copy or save what can be read with `sqlite3 FILE .recover`',
  },
  {
    codes: /^SQLITE_TOOBIG/,
    code: 'store/too-big',
    text: 'events below one gigabyte, got more',
    hint: 'keep large values in files of the trial, not in reports',
  },
  {
    codes: /^SQLITE_(IOERR|NOMEM)/,
    code: 'store/io',
    text: 'a disk that reads and writes, it failed',
    hint: "check the disk, the system's log and whether the folder is on a network drive; then run again",
  },
]
