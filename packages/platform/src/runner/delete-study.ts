import { existsSync, realpathSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { ParzenError, type Study } from '@parzen/core'
import { readAttempt } from '../executors/attempt-folder.js'
import { isAlive } from '../executors/process-identity.js'
import { attemptFolder, studyFolder } from '../stores/folders.js'
import type { Erasing, Repository } from '../stores/series.js'
import { isAsked } from './asked.js'
import { releaseQuietly, takeLease } from './lease.js'

export interface Place {
  readonly store: Repository
  /** Absolute; of the store. */
  readonly root: string
}

/**
 * Deletes a study for good: its journal and series, and the files of its trials.
 *
 * Killed at any moment, the study is there as it was, or gone; what it then still occupies is freed by the next deletion.
 * @throws ParzenError `run/taken`, `run/running` if something of it runs.
 */
export async function deleteStudy(study: Study, place: Place): Promise<void> {
  const { name } = study
  const erasing = erasingOf(place)
  // nobody begins to run it meanwhile
  const lease = takeLease(studyFolder(place.root, name), name)
  try {
    await study.sync()
    refuseRunning(study, place.root)
    await erasing.take(name)
    await finishDeleting(place)
  } finally {
    // its file is gone with the folder
    releaseQuietly(lease, () => undefined)
  }
}

/** Frees what studies have left whose deletion was interrupted. @returns their names. */
export async function finishDeleting(place: Place): Promise<readonly string[]> {
  const { store, root } = place
  const left = await erasingOf(place).left()
  for (const one of left) {
    const aside = join(root, 'studies', `.erased-${one.key}`)
    const folder = studyFolder(root, one.study)
    // a new study of that name has moved what it found aside, and has the folder
    const isFree = existsSync(folder) && !(await store.list()).includes(one.study)
    if (isFree && !existsSync(aside)) renameSync(folder, aside)
    else if (isFree) removeTree(folder)
    removeTree(aside)
    await erasingOf(place).free(one)
  }
  return left.map(({ study }) => study)
}

function erasingOf({ store }: Place): Erasing {
  if (store.erasing) return store.erasing
  throw new ParzenError(
    'store/memory',
    'store memory:: expected a store that keeps studies, got one of this process alone',
  )
}

function refuseRunning({ name, state }: Study, root: string): void {
  const running = [...state.running.values()].filter((trial) => {
    if (trial.state !== 'running') return false
    if (isAsked(trial)) return true
    const { claim } = readAttempt(attemptFolder(root, name, { trial: trial.number, attempt: trial.attempts.length }))
    return claim.kind === 'claimed' && isAlive(claim.by)
  })
  if (running.length === 0) return
  const numbers = running.map(({ number }) => number)
  throw new ParzenError('run/running', `study ${name}: expected none of its trials to run, got ${numbers.join(', ')}`, {
    hint: 'end its workers; what a run that died has left behind, the next `parzen run` takes over and `parzen stop --now` ends',
  })
}

/** The study's own folder may be a link, of whoever keeps it on another disk. */
function removeTree(folder: string): void {
  if (!existsSync(folder)) return
  rmSync(realpathSync(folder), { recursive: true, force: true })
  rmSync(folder, { recursive: true, force: true })
}
