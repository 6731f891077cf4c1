import { existsSync, mkdtempSync, rmdirSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { closest, findStudy, ParzenError, type Store, type Study } from '@parzen/core'
import { locate, openStore } from '../stores/open.js'
import type { Repository } from '../stores/series.js'

export interface Opened {
  readonly store: Repository
  /** Absolute; trial folders are in `<root>/studies`. */
  readonly root: string
}

/** Opens the store, making it if there is none, and closes it after `work`. */
export async function withStore<T>(
  location: string | undefined,
  work: (opened: Opened) => Promise<T>,
  options: Parameters<typeof openStore>[1] = {},
): Promise<T> {
  const { kind, root } = locate(location)
  if (kind === 'memory') return withMemory(work)
  const store = await openStore(location, options)
  let result: T
  try {
    result = await work({ store, root })
  } catch (error) {
    // what went wrong first is what there is to tell
    await store.close().catch(() => undefined)
    throw error
  }
  await store.close()
  return result
}

/** A store of this process alone has its logs in a folder of its own, which stays if there are any. */
async function withMemory<T>(work: (opened: Opened) => Promise<T>): Promise<T> {
  const root = mkdtempSync(join(tmpdir(), 'parzen-memory-'))
  try {
    return await work({ store: await openStore('memory:'), root })
  } finally {
    removeIfEmpty(root)
  }
}

function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder)
  } catch {
    // logs: the end of a run says where they are
  }
}

/** Opens a store that exists, also to look at one that cannot be written: looking at something must not create it. */
export async function withExistingStore<T>(
  location: string | undefined,
  work: (opened: Opened) => Promise<T>,
): Promise<T> {
  const { kind, path } = locate(location)
  if (kind === 'sqlite' && !existsSync(path)) {
    throw new ParzenError('store/missing', `store ${shortPath(path)}: expected a file, got nothing there`, {
      hint: '`parzen run sweep.yaml` makes one; --store or PARZEN_STORE names another',
    })
  }
  return withStore(location, work, { mayBeReadOnly: true })
}

/** The study of that name, or the only one. */
export async function pickStudy(store: Store, name: string | undefined): Promise<Study> {
  const known = await store.list()
  if (name !== undefined) {
    if (known.includes(name)) return findStudy(store, name)
    throw unknownStudy(name, known)
  }
  if (known.length === 1) return findStudy(store, known[0] as string)
  if (known.length === 0) {
    throw new ParzenError('study/unknown', 'study: expected one in this store, got none', {
      hint: '`parzen run sweep.yaml` makes one',
    })
  }
  throw new ParzenError('study/unnamed', `study: expected a name, since this store has ${known.length}, got none`, {
    hint: `it has: ${listed(known)}`,
  })
}

function unknownStudy(name: string, known: readonly string[]): ParzenError {
  const like = closest(name, known)
  const has = known.length > 0 ? `it has: ${listed(known)}` : 'it has none yet; `parzen run sweep.yaml` makes one'
  return new ParzenError('study/unknown', `study ${JSON.stringify(name)}: not in this store`, {
    hint: like === undefined ? has : `did you mean ${like}? ${has}`,
  })
}

function listed(names: readonly string[]): string {
  return names.length <= 10 ? names.join(', ') : `${names.slice(0, 10).join(', ')} and ${names.length - 10} more`
}

/** As short as a person would type it from here. */
export function shortPath(path: string): string {
  const short = relative(process.cwd(), path)
  return short === '' ? '.' : short.startsWith('../../') ? path : short
}

/** Who asks, for the journal. */
export function whoAmI(environment: NodeJS.ProcessEnv): string {
  return `${environment['USER'] ?? environment['LOGNAME'] ?? `uid ${process.getuid?.()}`}@${hostname()}`
}
