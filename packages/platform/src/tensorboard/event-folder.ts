import { type Dirent, readdirSync } from 'node:fs'
import { join } from 'node:path'

/** Where event files are looked for. */
export interface EventFolder {
  /** Absolute. */
  readonly base: string
  /** Names of folders below it, `*` standing for any text; all that match are read as if they were one. */
  readonly below: readonly string[]
}

export interface EventFile {
  /** Relative to the base, for a cursor. */
  readonly name: string
  readonly path: string
  /** The folders between where one looks and the file, `train` or `a/b`; empty for none. */
  readonly run: string
}

/** What a folder of a training run may hold besides event files is not searched for ever. */
const MOST_ENTRIES = 5000
const DEEPEST = 6

export interface Search {
  /** Also the folders that `add_hparams` makes. */
  readonly hparams: boolean
  /** Entries of folders to look at. */
  readonly most: number
}

/** The event files there are by now: a run's in the order of their names, which begin with when they were opened. */
export function eventFiles(
  { base, below }: EventFolder,
  { hparams, most }: Search = { hparams: false, most: MOST_ENTRIES },
): EventFile[] {
  const found: EventFile[] = []
  let left = most
  const search = (name: string, run: string, depth: number) => {
    const folders: string[] = []
    for (const entry of entriesOf(join(base, name))) {
      if (left-- <= 0) return
      const path = name === '' ? entry.name : `${name}/${entry.name}`
      if (entry.isDirectory()) folders.push(entry.name)
      else if (entry.isFile() && entry.name.includes('tfevents'))
        found.push({ name: path, path: join(base, path), run })
    }
    for (const folder of folders) {
      const path = name === '' ? folder : `${name}/${folder}`
      const pattern = below[depth]
      if (pattern !== undefined ? matches(folder, pattern) : depth < DEEPEST && (hparams || !isOfHparams(folder))) {
        const inside = pattern !== undefined ? '' : run === '' ? folder : `${run}/${folder}`
        search(path, inside, depth + 1)
      }
    }
  }
  search('', '', 0)
  return found.filter(({ name }) => name.split('/').length > below.length)
}

/** torch and tensorboardX make a run of its own, named by the time, for the last values of `add_hparams`. */
export function isOfHparams(folder: string): boolean {
  return /^\d+\.\d+$/.test(folder)
}

function matches(name: string, pattern: string): boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${parts.join('.*')}$`, 's').test(name)
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? '')) return []
    throw error
  }
}
