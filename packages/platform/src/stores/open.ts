import { existsSync, mkdirSync, readlinkSync, realpathSync, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { ParzenError } from '@parzen/core'
import { memoryRepository } from './memory-series.js'
import type { Repository } from './series.js'
import { type SqliteOptions, sqliteStore } from './sqlite.js'

export interface Location {
  readonly kind: 'sqlite' | 'memory'
  /** Absolute, without symbolic links: the database file of `sqlite`. */
  readonly path: string
  /** Absolute; the folder that holds the folders of trials, in `studies/`. Empty of `memory`: that has none of its own. */
  readonly root: string
}

/**
 * Where a store is: `sqlite:PATH`, a path to a file or a folder, or `memory:`.
 *
 * @param location default: PARZEN_STORE, else `.parzen/parzen.db` in the current folder.
 * @throws ParzenError `store/location` for kinds of stores there are none of yet.
 */
export function locate(location = process.env['PARZEN_STORE'] || join('.parzen', 'parzen.db')): Location {
  const [, given, rest] = /^([a-z][a-z0-9+.-]+):(.*)$/is.exec(location) ?? []
  if (given === undefined || rest === undefined) return fileAt(location)
  const scheme = given.toLowerCase()
  if (scheme === 'memory') return { kind: 'memory', path: '', root: '' }
  // `sqlite:///absolute/path` as in other tools
  if (scheme === 'sqlite') return fileAt(rest.replace(/^\/\/(?=\/)/, ''))
  const later = ['postgres', 'postgresql', 'http', 'https'].includes(scheme)
  throw new ParzenError(
    'store/location',
    `store ${location.replace(/\/\/[^/@]*@/, '//…@')}: expected sqlite:PATH, a path or memory:, got ${scheme}:`,
    { hint: later ? 'PostgreSQL and servers are planned, not there yet' : 'write ./ before a path with a colon' },
  )
}

function fileAt(path: string): Location {
  if (path === '') {
    throw new ParzenError('store/location', 'store: expected a path after sqlite:, got nothing', {
      hint: 'for example sqlite:.parzen/parzen.db',
    })
  }
  const absolute = resolve(path)
  const isFolder = /[/\\]$/.test(path) || (existsSync(absolute) && statSync(absolute).isDirectory())
  const file = withoutLinks(isFolder ? join(absolute, 'parzen.db') : absolute)
  return { kind: 'sqlite', path: file, root: dirname(file) }
}

/** One database has one name, and so one root and one lease a study, by whichever link it is reached; also before it exists. */
function withoutLinks(path: string): string {
  try {
    return realpathSync(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || dirname(path) === path) return path
  }
  try {
    return withoutLinks(resolve(dirname(path), readlinkSync(path)))
  } catch {
    return join(withoutLinks(dirname(path)), basename(path))
  }
}

/**
 * Opens the store at a location (see `locate`), making it if there is none.
 * @throws ParzenError `store/…`
 */
export async function openStore(
  location: string | undefined,
  options: Pick<SqliteOptions, 'durability' | 'mayBeReadOnly'> = {},
): Promise<Repository> {
  const { kind, path, root } = locate(location)
  if (kind === 'memory') return memoryRepository()
  if (!options.mayBeReadOnly) makeFolder(root)
  return sqliteStore(path, options)
}

/** Readable for its owner alone: parameters, logs and tokens are nobody else's business. */
function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    // what Node says of a read-only file system
    const why = code === 'ENOENT' ? 'a parent that cannot be written' : code
    throw new ParzenError('store/folder', `store ${folder}: expected a folder that can be made, got ${why}`, {
      cause,
      hint: 'check that its parent may be written, or name another place with --store or PARZEN_STORE',
    })
  }
}
