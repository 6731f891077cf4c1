import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { nest, type StudySpec, type TrialRecord } from '@parzen/core'
import type { Job } from '../executors/executor.js'
import { jobOf } from '../spec/spec.js'
import { fillCommand } from './command.js'
import { attemptFolder, trialFolder } from './folders.js'

/** A longer value is refused by Linux (128 KiB for one variable); such parameters are in the file only. */
const LONGEST_VARIABLE = 100_000

/**
 * Makes the folders of a trial's current attempt and fills in its job. Doing it again changes nothing.
 *
 * The process finds: its parameters as people write them (`nest`) in PARZEN_PARAMS and in the file PARZEN_PARAMS_FILE,
 * by dotted name in PARZEN_PARAMS_FLAT; PARZEN_STUDY, PARZEN_TRIAL, PARZEN_ATTEMPT; PARZEN_SEED, the study's seed plus
 * the trial's number; PARZEN_DIR, its own folder. What it puts into the folder `checkpoints` in there
 * (PARZEN_CHECKPOINTS; made by whoever needs it) is handed to the next attempt of the trial. Folders are readable for their owner alone, whatever the umask of the user's command.
 */
export function prepareJob(
  root: string,
  spec: StudySpec,
  trial: Pick<TrialRecord, 'number' | 'params' | 'attempts'>,
  devices: readonly string[],
): Job {
  const job = jobOf(spec)
  const attempt = trial.attempts.length
  const at = { trial: trial.number, attempt }
  const dir = attemptFolder(root, spec.name, at)
  const paramsFile = join(dir, 'params.json')
  const params = JSON.stringify(nest(spec.space, trial.params))
  const flat = JSON.stringify(trial.params)
  const seed = (spec.seed + trial.number) % 2 ** 32
  if (makeFolders(root, spec.name, at)) writeFileSync(paramsFile, `${params}\n`)
  else if (!existsSync(paramsFile) || readFileSync(paramsFile, 'utf8') !== `${params}\n`) {
    // a runner died here; whoever has been started since reads the file whole
    writeFileSync(`${paramsFile}.draft`, `${params}\n`)
    renameSync(`${paramsFile}.draft`, paramsFile)
  }
  if (devices.length > 0) writeFileSync(join(dir, 'devices.json'), JSON.stringify(devices))
  const values = { space: spec.space, params: trial.params, study: spec.name, ...at, seed, dir, paramsFile }
  return {
    key: `parzen-${spec.name}-t${trial.number}-a${attempt}`,
    folder: dir,
    workingFolder: job.folder,
    argv: fillCommand(job.command, values),
    environment: {
      ...job.environment,
      ...(params.length <= LONGEST_VARIABLE ? { PARZEN_PARAMS: params, PARZEN_PARAMS_FLAT: flat } : {}),
      PARZEN_PARAMS_FILE: paramsFile,
      PARZEN_STUDY: spec.name,
      PARZEN_TRIAL: String(trial.number),
      PARZEN_ATTEMPT: String(attempt),
      PARZEN_SEED: String(seed),
      PARZEN_DIR: dir,
      PARZEN_CHECKPOINTS: join(dir, 'checkpoints'),
      ...(devices.length > 0 ? { CUDA_VISIBLE_DEVICES: devices.join(','), CUDA_DEVICE_ORDER: 'PCI_BUS_ID' } : {}),
    },
    graceSeconds: job.graceSeconds,
    ...(job.timeoutSeconds === undefined ? {} : { timeoutSeconds: job.timeoutSeconds }),
  }
}

/** @returns false if they were there before. */
function makeFolders(root: string, study: string, at: { trial: number; attempt: number }): boolean {
  const folder = attemptFolder(root, study, at)
  if (at.attempt === 1) makeFolder(trialFolder(root, study, at.trial))
  const isNew = makeFolder(folder)
  const before = join(attemptFolder(root, study, { ...at, attempt: at.attempt - 1 }), 'checkpoints')
  const after = join(folder, 'checkpoints')
  if (at.attempt > 1 && existsSync(before) && !existsSync(after)) renameSync(before, after)
  return isNew
}

/** @returns false if it was there before. */
function makeFolder(folder: string): boolean {
  try {
    mkdirSync(folder, 0o700)
    return true
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    // somebody has removed the folders of the study
    if (code === 'ENOENT') return mkdirSync(folder, { recursive: true, mode: 0o700 }) !== undefined
    if (code === 'EEXIST') return false
    throw error
  }
}

/** The GPUs an attempt was given, if it was prepared before. */
export function devicesOf(root: string, study: string, at: { trial: number; attempt: number }): readonly string[] {
  const path = join(attemptFolder(root, study, at), 'devices.json')
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as readonly string[]) : []
}
