import { appendFileSync, copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { type Choice, encodeMetrics, type Metrics, type Nested, ParzenError, type Verdict } from '@parzen/core'

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
  /** The study's seed plus the trial's number; 0 outside a sweep. */
  readonly seed: number
  /** A folder that the next attempt of the trial finds as it was. */
  readonly checkpointDir: string
  /**
   * Metrics of a step (default: one after the highest so far), one line in the trial's folder. @returns `prune` or `pause` once the
   * trial is to end: tidy up and leave with exit code 0.
   */
  report(metrics: Metrics & { readonly step?: number }): Verdict
  /** Whether the trial is to end, without reporting. */
  shouldPrune(): boolean
  /** Keeps a copy of a file, or data under a name. @returns where. */
  artifact(name: string, data?: string | Uint8Array): string
}

/** The folder used outside a sweep. */
const OUTSIDE = 'parzen-trial'

/** @throws ParzenError `trial/environment` if the parameters cannot be read. */
export function trialOf(environment: { readonly [name: string]: string | undefined }): Trial {
  const { PARZEN_DIR: dir = OUTSIDE, PARZEN_VERDICT_FILE: verdictFile } = environment
  const isInside = environment['PARZEN_DIR'] !== undefined
  // parameters too long for a variable are in the file alone
  const { PARZEN_PARAMS, PARZEN_PARAMS_FILE: file } = environment
  const nested = PARZEN_PARAMS ?? (file === undefined ? undefined : readText(file))
  const params = read<{ [name: string]: Nested }>({ PARZEN_PARAMS: nested }, 'PARZEN_PARAMS')
  const flat = read<{ [name: string]: Choice }>(environment, 'PARZEN_PARAMS_FLAT')
  let lastStep = -1
  // what says that this script ends itself when it is told to
  if (isInside) writeFileSync(join(dir, 'sdk.json'), `${JSON.stringify({ sdk: 'typescript/0.1.0' })}\n`)

  const verdict = (): Verdict => {
    if (!verdictFile || !existsSync(verdictFile)) return 'continue'
    return (JSON.parse(readText(verdictFile)) as { verdict: Verdict }).verdict
  }
  return {
    params,
    param: <T extends Choice>(name: string, otherwise: T) =>
      Object.hasOwn(flat, name) ? (flat[name] as T) : otherwise,
    study: environment['PARZEN_STUDY'],
    number: Number(environment['PARZEN_TRIAL'] ?? 0),
    attempt: Number(environment['PARZEN_ATTEMPT'] ?? 1),
    seed: Number(environment['PARZEN_SEED'] ?? 0),
    get checkpointDir() {
      const folder = environment['PARZEN_CHECKPOINTS'] ?? join(OUTSIDE, 'checkpoints')
      mkdirSync(folder, { recursive: true })
      return folder
    },
    report({ step = Math.floor(lastStep) + 1, ...metrics }) {
      lastStep = Math.max(lastStep, step)
      // one write of one line: what is read is whole, also of several threads
      if (isInside)
        appendFileSync(join(dir, 'metrics.jsonl'), `${JSON.stringify({ step, ...encodeMetrics(metrics) })}\n`)
      return verdict()
    },
    shouldPrune: () => verdict() !== 'continue',
    artifact(name, data) {
      const folder = join(dir, 'artifacts')
      mkdirSync(folder, { recursive: true })
      const path = join(folder, basename(name))
      if (data === undefined) copyFileSync(name, path)
      else writeFileSync(path, data)
      return path
    },
  }
}

function readText(path: string): string {
  return readFileSync(path, 'utf8')
}

/** A variable of JSON. */
function read<T>(environment: { readonly [name: string]: string | undefined }, name: string): T {
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
