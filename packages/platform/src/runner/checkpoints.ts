import { constants, existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { cp, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { lineageOf, type StudyState, type TrialRecord } from '@parzen/core'
import { attemptFolder } from '../stores/folders.js'

/** Who still trains may write while being copied; then it is copied again. */
const COPIES = 20
const AGAIN_MILLISECONDS = 100

/**
 * Gives a trial's present attempt the checkpoints it is to go on from, before it is started: those of the attempt before it, else those
 * that its parent has now, of which a copy is taken. Doing it again, also after a crash in the midst of it, changes nothing that is complete.
 *
 * @returns what a person should know: that a fork found nothing to go on from.
 */
export async function handOnCheckpoints(
  root: string,
  study: string,
  { trial, trials }: { readonly trial: TrialRecord; readonly trials: StudyState['trials'] },
): Promise<string | undefined> {
  const { number, attempts } = trial
  const folder = attemptFolder(root, study, { trial: number, attempt: attempts.length })
  if (checkpointsIn(folder)) return undefined
  const to = join(folder, 'checkpoints')
  const before = latestOf(root, study, { number, attempts: attempts.slice(0, -1) })
  if (before) {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    renameSync(before, to)
    return undefined
  }
  const parent = trials[lineageOf(trial)?.parent ?? -1]
  if (!parent || (await copyCheckpoints(() => latestOf(root, study, parent), to))) return undefined
  return `trial ${number}: trial ${parent.number} has left no checkpoints to go on from; it begins anew`
}

/** In the folder of the latest of a trial's attempts that has some. */
function latestOf(
  root: string,
  study: string,
  { number, attempts }: Pick<TrialRecord, 'number' | 'attempts'>,
): string | undefined {
  for (let attempt = attempts.length; attempt >= 1; attempt--) {
    const found = checkpointsIn(attemptFolder(root, study, { trial: number, attempt }))
    if (found) return found
  }
  return undefined
}

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
