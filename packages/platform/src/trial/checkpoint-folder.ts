import { constants, existsSync, renameSync, rmSync, statSync } from 'node:fs'
import { cp, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'

/** Who still trains may write while being copied; then it is copied again. */
const COPIES = 20
const AGAIN_MILLISECONDS = 100

/** The checkpoints in an attempt's folder, if there are some; mends a `replaceCheckpoints` that was cut short. */
export function checkpointsIn(folder: string): string | undefined {
  const path = join(folder, 'checkpoints')
  if (isFolder(path)) return path
  if (!isFolder(`${path}.before`)) return undefined
  renameSync(`${path}.before`, path)
  return path
}

/** Puts a folder, whole, in the place of an attempt's checkpoints. */
export function replaceCheckpoints(folder: string, whole: string): void {
  const path = join(folder, 'checkpoints')
  rmSync(`${path}.before`, { recursive: true, force: true })
  if (existsSync(path)) renameSync(path, `${path}.before`)
  renameSync(whole, path)
  rmSync(`${path}.before`, { recursive: true, force: true })
}

/**
 * The copy is taken while nothing in the folder changes; of a training that never rests that long the last copy is taken, in which each file
 * is whole if it is written under another name and renamed, as checkpoints should be.
 *
 * @param from where they are now: a promotion may move them in the midst of it.
 * @returns false if there are none.
 */
export async function copyCheckpoints(from: () => string | undefined, to: string): Promise<boolean> {
  const draft = `${to}.draft`
  for (let copy = 1; copy <= COPIES; copy++) {
    await rm(draft, { recursive: true, force: true })
    const folder = from()
    if (!folder) return false
    const before = (await lookAt(folder))?.state
    // links stay what they are: made absolute, they would lead back into the folder that is copied
    const how = { recursive: true, mode: constants.COPYFILE_FICLONE, verbatimSymlinks: true }
    const isCopied = await cp(folder, draft, how).then(
      () => true,
      () => false,
    )
    const isStill = isCopied && before !== undefined && before === (await lookAt(folder))?.state
    if (isStill || (isCopied && copy === COPIES)) {
      await rename(draft, to)
      return true
    }
    await wait(AGAIN_MILLISECONDS)
  }
  return false
}

interface Look {
  /** Names, sizes and times of all files: the same while nothing changes. */
  readonly state: string
  readonly bytes: number
}

/** @returns undefined if the folder was changed while being looked at. */
export async function lookAt(folder: string): Promise<Look | undefined> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true })
    const looks = entries.map(async (entry) => {
      const path = join(entry.parentPath, entry.name)
      const { size, mtimeMs } = await stat(path)
      return entry.isFile() ? { line: `${path} ${size} ${mtimeMs}`, bytes: size } : { line: path, bytes: 0 }
    })
    const found = await Promise.all(looks)
    return {
      state: found
        .map(({ line }) => line)
        .sort()
        .join('\n'),
      bytes: found.reduce((sum, { bytes }) => sum + bytes, 0),
    }
  } catch {
    // a file or the folder went away meanwhile
    return undefined
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
}
