import { constants, existsSync } from 'node:fs'
import { cp, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { parentOf, type StudyState, type TrialRecord } from '@parzen/core'
import { attemptFolder } from '../stores/folders.js'

/** A parent that still trains may write while it is copied; then it is copied again. */
const ATTEMPTS = 20
const AGAIN_MILLISECONDS = 100

/**
 * Gives a fork the checkpoints its parent has now, before its first attempt is started. Doing it again, also after a crash in the midst of it,
 * changes nothing that is complete.
 *
 * The copy is taken while nothing in the folder changes; of a parent that never rests that long the last copy is taken, in which each file
 * is whole if it is written under another name and renamed, as checkpoints should be.
 *
 * @returns what a person should know: that there was nothing to go on from.
 */
export async function forkCheckpoints(
  root: string,
  study: string,
  { trial, trials }: { readonly trial: TrialRecord; readonly trials: StudyState['trials'] },
): Promise<string | undefined> {
  const parent = trials[parentOf(trial) ?? -1]
  if (!parent || trial.attempts.length !== 1) return undefined
  const to = join(attemptFolder(root, study, { trial: trial.number, attempt: 1 }), 'checkpoints')
  if (existsSync(to)) return undefined
  const draft = `${to}.draft`
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    await rm(draft, { recursive: true, force: true })
    const from = await checkpointsOf(root, study, parent)
    if (!from) break
    const before = await fingerprint(from)
    // a promotion may move the folder in the midst of it
    const isCopied = await cp(from, draft, { recursive: true, mode: constants.COPYFILE_FICLONE }).then(
      () => true,
      () => false,
    )
    const isStill = isCopied && before !== undefined && before === (await fingerprint(from))
    if (isStill || (isCopied && attempt === ATTEMPTS)) {
      await rename(draft, to)
      return undefined
    }
    await wait(AGAIN_MILLISECONDS)
  }
  return `trial ${trial.number}: trial ${parent.number} has left no checkpoints to go on from; it begins anew`
}

/** In the folder of the parent's latest attempt that has some. */
async function checkpointsOf(
  root: string,
  study: string,
  { number, attempts }: TrialRecord,
): Promise<string | undefined> {
  for (let attempt = attempts.length; attempt >= 1; attempt--) {
    const folder = join(attemptFolder(root, study, { trial: number, attempt }), 'checkpoints')
    const isThere = (await stat(folder).catch(() => undefined))?.isDirectory()
    if (isThere) return folder
  }
  return undefined
}

/** Names, sizes and times of all files; undefined if it was changed while being looked at. */
async function fingerprint(folder: string): Promise<string | undefined> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true })
    const lines = entries.map(async (entry) => {
      const path = join(entry.parentPath, entry.name)
      const { size, mtimeMs } = await stat(path)
      return `${path} ${entry.isFile() ? `${size} ${mtimeMs}` : ''}`
    })
    return (await Promise.all(lines)).sort().join('\n')
  } catch {
    // a file or the folder went away meanwhile
    return undefined
  }
}
