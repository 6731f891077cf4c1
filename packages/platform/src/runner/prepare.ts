import { existsSync, mkdir, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import { nest, type Study, type StudySpec, type TrialRecord } from '@parzen/core'
import type { Job } from '../executors/executor.js'
import { jobOf } from '../spec/spec.js'
import { attemptFolder, trialFolder } from '../stores/folders.js'
import { replaceText } from '../stores/replace-text.js'
import { type CommandValues, fillCommand } from './command.js'
import { putForeignAside } from './study-folder.js'
import { verdictFile } from './verdict.js'

/** A longer value is refused by Linux (128 KiB for one variable); such parameters are in the file only. */
const LONGEST_VARIABLE = 100_000

/** A trial whose current attempt is the last of so many. */
export type Prepared = Pick<TrialRecord, 'number' | 'params'> & {
  readonly attempts: { readonly length: number }
  /** The trial whose checkpoints it goes on from. */
  readonly parent?: number | undefined
  /** Where the pruner compares it next. */
  readonly targetStep?: number | undefined
}

/**
 * Makes the folder of a trial's current attempt and fills in its job. Doing it again changes nothing.
 *
 * The process finds: its parameters as people write them (`nest`) in PARZEN_PARAMS and in the file PARZEN_PARAMS_FILE,
 * by dotted name in PARZEN_PARAMS_FLAT; PARZEN_STUDY, PARZEN_TRIAL, PARZEN_ATTEMPT; PARZEN_SEED, the study's seed plus
 * the trial's number; PARZEN_DIR, its own folder. What it puts into the folder `checkpoints` in there
 * (PARZEN_CHECKPOINTS; made by whoever needs it) is handed to the next attempt of the trial (`checkpoints.ts`). PARZEN_VERDICT_FILE comes to be
 * when the pruner wants the trial to end (`verdict.ts`). PARZEN_PARENT is the trial a fork goes on from, PARZEN_TARGET_STEP the step
 * at which the pruner compares the trial next. Folders are readable for
 * their owner alone, whatever the umask of the user's command.
 */
export function prepareJob(root: string, spec: StudySpec, trial: Prepared, devices: readonly string[]): Job {
  const job = jobOf(spec)
  const attempt = trial.attempts.length
  const at = { trial: trial.number, attempt }
  const dir = attemptFolder(root, spec.name, at)
  const paramsFile = join(dir, 'params.json')
  const params = JSON.stringify(nest(spec.space, trial.params))
  const flat = JSON.stringify(trial.params)
  const seed = seedOf(spec, trial)
  putForeignAside(dir, `${params}\n`)
  if (!existsSync(dir)) mkdirSync(dir, { recursive: true, mode: 0o700 })
  if (!existsSync(paramsFile)) writeFileSync(paramsFile, `${params}\n`)
  else if (readFileSync(paramsFile, 'utf8') !== `${params}\n`) {
    // a runner died while writing it; whoever has been started since reads it whole
    replaceText(paramsFile, `${params}\n`)
  }
  if (devices.length > 0) writeFileSync(join(dir, 'devices.json'), JSON.stringify(devices))
  return {
    key: `parzen-${spec.name}-t${trial.number}-a${attempt}`,
    folder: dir,
    workingFolder: job.folder,
    argv: fillCommand(job.command, commandValues(root, spec, trial)),
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
      PARZEN_VERDICT_FILE: verdictFile(dir),
      ...(trial.targetStep === undefined ? {} : { PARZEN_TARGET_STEP: String(trial.targetStep) }),
      ...(trial.parent === undefined ? {} : { PARZEN_PARENT: String(trial.parent) }),
      ...(devices.length > 0 ? { CUDA_VISIBLE_DEVICES: devices.join(','), CUDA_DEVICE_ORDER: 'PCI_BUS_ID' } : {}),
    },
    graceSeconds: job.graceSeconds,
    ...(job.timeoutSeconds === undefined ? {} : { timeoutSeconds: job.timeoutSeconds }),
  }
}

function seedOf({ seed }: StudySpec, { number }: Pick<Prepared, 'number'>): number {
  return (seed + number) % 2 ** 32
}

/** What the placeholders stand for in a trial's current attempt. */
export function commandValues(root: string, spec: StudySpec, trial: Prepared): CommandValues {
  const at = { trial: trial.number, attempt: trial.attempts.length }
  const dir = attemptFolder(root, spec.name, at)
  const { space, name: study } = spec
  return {
    space,
    params: trial.params,
    study,
    ...at,
    seed: seedOf(spec, trial),
    dir,
    paramsFile: join(dir, 'params.json'),
  }
}

/** Starts to make the folder of a trial that may come, on another thread: on a busy disk that takes milliseconds. */
export function makeAhead(root: string, study: Study, trial: number): void {
  const { trials = Number.POSITIVE_INFINITY } = study.spec.budget
  if (trial >= trials || trial !== study.state.trials.length) return
  const folder = attemptFolder(root, study.name, { trial, attempt: 1 })
  // if it fails, so does the making of it when it is needed, and says why
  mkdir(folder, { recursive: true, mode: 0o700 }, () => undefined)
}

/** Takes a folder away that was made for a trial that did not come. */
export async function removeAhead(root: string, study: Study): Promise<void> {
  const trial = study.state.trials.length
  for (const folder of [attemptFolder(root, study.name, { trial, attempt: 1 }), trialFolder(root, study.name, trial)]) {
    // there may be none, or something in it; an empty folder harms nobody
    await rmdir(folder).catch(() => undefined)
  }
}

/** The GPUs an attempt was given, if it was prepared before. */
export function devicesOf(root: string, study: string, at: { trial: number; attempt: number }): readonly string[] {
  const path = join(attemptFolder(root, study, at), 'devices.json')
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as readonly string[]) : []
}
