import { join } from 'node:path'

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

/** The log folder of a study for TensorBoard. */
export function tensorboardFolder(root: string, study: string): string {
  return join(studyFolder(root, study), 'tensorboard')
}
