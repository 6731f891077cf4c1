import { openSync } from 'node:fs'

/** A file opened for reading, to be closed by the caller; undefined if there is no such file (yet). */
export function openIfThere(path: string): number | undefined {
  try {
    return openSync(path, 'r')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
