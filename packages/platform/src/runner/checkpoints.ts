import { mkdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { lineageOf, type StudyState, type TrialRecord } from '@parzen/core'
import { attemptFolder } from '../stores/folders.js'
import { checkpointsIn, copyCheckpoints } from '../trial/checkpoint-folder.js'

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
