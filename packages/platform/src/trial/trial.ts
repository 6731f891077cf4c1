import { accessSync, constants, existsSync, readFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { type Choice, checkReport, type Metrics, type Nested, ParzenError, show, type Verdict } from '@parzen/core'
import { httpTransport } from './http.js'
import { folderTransport, nowhere, type Transport } from './transport.js'

/** A training's own trial, the same words as in Python; outside a sweep it works with the defaults it is given. */
export interface Trial {
  /** Nested, as the sweep file nests them. */
  readonly params: { readonly [name: string]: Nested }
  /** One of them by its dotted name, or the default if it is not tuned. */
  param<T extends Choice>(name: string, otherwise: T): T
  /** Undefined outside a sweep. */
  readonly study: string | undefined
  readonly number: number
  /** From 1; more if the trial was interrupted, or goes on after a pause. */
  readonly attempt: number
  /** In population-based training: the trial whose checkpoints this one found in its folder. */
  readonly parent: number | undefined
  /** The step at which the pruner compares the trial next: a checkpoint is needed there, and not before. Undefined if it does not say. */
  readonly targetStep: number | undefined
  /** The study's seed plus the trial's number; 0 outside a sweep. */
  readonly seed: number
  /** A folder that the next attempt of the trial finds as it was. Write to another name and rename. */
  readonly checkpointDir: string
  /**
   * Metrics of a step (default: one after the highest so far), on record once and in order. @returns `prune` or `pause` once the
   * trial is to end, `ended` if it was stopped: tidy up and leave with exit code 0.
   * @throws ParzenError `report/step` for a step that is no number >= 0, `report/metrics` for a metric that is no number.
   */
  report(metrics: Metrics & { readonly step?: number }): Verdict
  /** Whether the trial is to end, without reporting. */
  shouldPrune(): boolean
  /** Why it is to end, in the pruner's words: `step 9: place 7 of 12 at rung 1, 4 go on`. Undefined while it is to go on. */
  readonly reason: string | undefined
  /** Keeps a copy of a file, or data under a name. @returns where. */
  artifact(name: string, data?: string | Uint8Array): string
  /** Sends what could not be sent yet; needed only with a server that was away, before one kills the process. */
  flush(): void
}

type Environment = { readonly [name: string]: string | undefined }

/** The folder used outside a sweep, and where a server is reported to. */
const OUTSIDE = 'parzen-trial'

/** @throws ParzenError `trial/environment` if the parameters cannot be read, or the trial's folder is on another machine. */
export function trialOf(environment: Environment): Trial {
  // parameters too long for a variable are in the file alone
  const { PARZEN_PARAMS, PARZEN_PARAMS_FILE: file } = environment
  const nested = PARZEN_PARAMS ?? (file === undefined || !existsSync(file) ? undefined : readFileSync(file, 'utf8'))
  const params = read<{ [name: string]: Nested }>({ PARZEN_PARAMS: nested }, 'PARZEN_PARAMS')
  const flat = read<{ [name: string]: Choice }>(environment, 'PARZEN_PARAMS_FLAT')
  const transport = transportOf(environment)
  let lastStep = -1
  return {
    params,
    param: <T extends Choice>(name: string, otherwise: T) =>
      Object.hasOwn(flat, name) ? (flat[name] as T) : otherwise,
    study: environment['PARZEN_STUDY'],
    number: numberOf(environment),
    attempt: attemptOf(environment),
    parent: environment['PARZEN_PARENT'] === undefined ? undefined : Number(environment['PARZEN_PARENT']),
    targetStep: environment['PARZEN_TARGET_STEP'] === undefined ? undefined : Number(environment['PARZEN_TARGET_STEP']),
    seed: Number(environment['PARZEN_SEED'] ?? 0),
    get checkpointDir() {
      return transport.checkpoints()
    },
    report(given) {
      if (typeof given !== 'object' || given === null) {
        throw new ParzenError('report/metrics', `report: expected numbers by name, got ${show(given)}`, {
          hint: 'for example report({ step: 3, accuracy: 0.91 })',
        })
      }
      const { step = Math.floor(lastStep) + 1, ...metrics } = given
      checkReport(step, metrics)
      lastStep = Math.max(lastStep, step)
      return transport.report(step, metrics).verdict
    },
    shouldPrune: () => transport.said().verdict !== 'continue',
    get reason() {
      return transport.said().reason
    },
    artifact: (name, data) => transport.keep(basename(name), data ?? { path: name }),
    flush: () => transport.flush(),
  }
}

/** The trial's own folder, if it is on this machine: then no network is needed. */
function transportOf(environment: Environment): Transport {
  const { PARZEN_DIR: folder, PARZEN_URL: url, PARZEN_TOKEN: token, PARZEN_STUDY: study } = environment
  const isRemote = url !== undefined && token !== undefined && study !== undefined
  if (folder !== undefined && isOwn(folder, isRemote)) {
    const {
      PARZEN_CHECKPOINTS: checkpoints = join(folder, 'checkpoints'),
      PARZEN_VERDICT_FILE: verdictFile = join(folder, 'verdict.json'),
    } = environment
    return folderTransport({ folder, checkpoints, verdictFile })
  }
  if (isRemote) {
    const trial = numberOf(environment)
    const attempt = attemptOf(environment)
    const own = resolve(OUTSIDE, study, `trial-${String(trial).padStart(4, '0')}`, `attempt-${attempt}`)
    const goesOn = attempt > 1 || environment['PARZEN_PARENT'] !== undefined
    return httpTransport({ url, token, study, trial, attempt, folder: own, goesOn })
  }
  if (folder === undefined) return nowhere(OUTSIDE)
  throw new ParzenError(
    'trial/environment',
    `trial: expected the folder ${folder} (PARZEN_DIR), got none on this machine that can be written`,
    { hint: 'share it, or set PARZEN_URL and PARZEN_TOKEN' },
  )
}

/** With a server to turn to, only a folder that a runner has prepared counts: another machine may have one of that name. */
function isOwn(folder: string, isRemote: boolean): boolean {
  try {
    accessSync(folder, constants.W_OK)
    return !isRemote || existsSync(join(folder, 'params.json'))
  } catch {
    return false
  }
}

function numberOf(environment: Environment): number {
  return Number(environment['PARZEN_TRIAL'] ?? 0)
}

function attemptOf(environment: Environment): number {
  return Number(environment['PARZEN_ATTEMPT'] ?? 1)
}

/** A variable of JSON. */
function read<T>(environment: Environment, name: string): T {
  const text = environment[name]
  if (text === undefined) return {} as T
  try {
    return JSON.parse(text) as T
  } catch (error) {
    throw new ParzenError('trial/environment', `${name}: expected JSON, got ${text.slice(0, 80)}`, {
      hint: (error as Error).message,
    })
  }
}
