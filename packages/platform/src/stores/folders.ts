import { lstatSync } from 'node:fs'
import { join, relative, sep } from 'node:path'

/** Absolute; holds the folders of a study's trials. `root`: the folder of the store. */
export function studyFolder(root: string, study: string): string {
  // a name that is no plain file name must not lead elsewhere
  const name = /^[\p{L}\p{N}_][\p{L}\p{N}_ .+=@-]*$/u.test(study) ? study : `%${encodeURIComponent(study)}`
  return join(root, 'studies', name)
}

export function trialFolder(root: string, study: string, trial: number): string {
  return join(studyFolder(root, study), `trial-${String(trial).padStart(4, '0')}`)
}

/** Holds the logs, `params.json`, `metrics.jsonl` and the executor's own files of one attempt. */
export function attemptFolder(root: string, study: string, at: { trial: number; attempt: number }): string {
  return join(trialFolder(root, study, at.trial), `attempt-${at.attempt}`)
}

/**
 * Whether a part of a path below a study's folder is a link. A trial writes there, and a link of its making must not have
 * others served, or write, what lies outside; the study's own folder may be one, of whoever keeps it on another disk.
 */
export function leadsElsewhere(root: string, study: string, path: string): boolean {
  let at = studyFolder(root, study)
  for (const part of relative(at, path).split(sep)) {
    at = join(at, part)
    if (lstatSync(at, { throwIfNoEntry: false })?.isSymbolicLink()) return true
  }
  return false
}

/** The log folder of a study for TensorBoard. */
export function tensorboardFolder(root: string, study: string): string {
  return join(studyFolder(root, study), 'tensorboard')
}
