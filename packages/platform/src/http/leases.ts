import { mkdirSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { NewEvent, Study, TrialRecord } from '@parzen/core'
import { handleOf, isAsked } from '../runner/asked.js'
import { decideRetry } from '../runner/retry.js'
import { jobOf } from '../spec/spec.js'
import { attemptFolder } from '../stores/folders.js'

/** Where a server knows from whether the workers of asked trials still live. */
export interface Leases {
  /** A sign of life of the present attempt of an asked trial. `isLeasing`: this worker is expected to give more of them. */
  heard(study: Study, trial: TrialRecord, isLeasing?: boolean): void
  /** Ends attempts whose workers have been silent for their lease: they are lost, and tried again while they may be. */
  expire(study: Study): Promise<void>
  /**
   * The same for an attempt of which somebody knows that it is gone, without a pause before it is tried again. @returns false if
   * somebody has come first.
   */
  lose(study: Study, trial: TrialRecord, message: string): Promise<boolean>
}

export interface LeaseOptions {
  /** Absolute; the folder of the store. */
  readonly root: string
  /** Epoch milliseconds. */
  readonly now: () => number
}

/** Of a worker that sends heartbeats and has not said how long its silence may be. */
const DEFAULT_LEASE_SECONDS = 300
/** A sign of life is written down at most so many times in a lease. */
const TOUCHES = 20

/**
 * Leases of asked trials. A sign of life is the time of a file in the attempt's folder: it outlives this process, all
 * servers of the store see it, and the journal does not grow by it. The time in which nobody served counts as no silence.
 */
export function leases({ root, now }: LeaseOptions): Leases {
  const since = now()
  const touched = new Map<string, number>()
  const fileOf = (study: Study, { number, attempts }: TrialRecord) =>
    join(attemptFolder(root, study.name, { trial: number, attempt: attempts.length }), 'heartbeat')

  const silentFor = (
    study: Study,
    trial: TrialRecord,
  ): { readonly seconds: number; readonly lease: number } | undefined => {
    const last = statSync(fileOf(study, trial), { throwIfNoEntry: false })?.mtimeMs
    const given = leaseOf(trial)
    if (last === undefined && given === undefined) return undefined
    const launched = trial.attempts.at(-1)?.launchedAt ?? 0
    const seconds = (now() - Math.max(since, launched, last ?? 0)) / 1000
    return { seconds, lease: given ?? DEFAULT_LEASE_SECONDS }
  }

  return {
    heard(study, trial, isLeasing = false) {
      const lease = leaseOf(trial)
      if (!isAsked(trial) || (lease === undefined && !isLeasing)) return
      const path = fileOf(study, trial)
      const at = now()
      if (at - (touched.get(path) ?? 0) < ((lease ?? DEFAULT_LEASE_SECONDS) * 1000) / TOUCHES) return
      touched.set(path, at)
      touch(path, at)
    },
    async expire(study) {
      for (const trial of [...study.state.running.values()]) {
        if (trial.state !== 'running' || !isAsked(trial)) continue
        const silent = silentFor(study, trial)
        if (!silent || silent.seconds < silent.lease) continue
        await lose(study, trial, { message: `nothing heard of ${workerOf(trial)} for ${silent.lease} s`, at: now() })
        touched.delete(fileOf(study, trial))
      }
    },
    lose: (study, trial, message) => lose(study, trial, { message, at: now(), isAtOnce: true }),
  }
}

/** Ends the attempt `seen` was of, unless somebody has come first: a report in this moment keeps it. */
function lose(
  study: Study,
  seen: TrialRecord,
  { message, at, isAtOnce = false }: { readonly message: string; readonly at: number; readonly isAtOnce?: boolean },
): Promise<boolean> {
  return study.commit((state) => {
    const trial = state.running.get(seen.number)
    if (trial?.attempts.length !== seen.attempts.length || trial.cursor !== seen.cursor)
      return { events: [], result: false }
    const { retries = {} } = (state.spec?.job === undefined ? undefined : jobOf(study.spec)) ?? {}
    const retry = decideRetry(trial, 'lost', retries, at)
    const next = trial.attempts.length + 1
    const when = isAtOnce ? { fault: retry?.fault ?? 'infrastructure' } : retry
    const event: NewEvent = retry
      ? { type: 'trial-retried', trial: trial.number, attempt: next, cause: 'lost', message, ...(when ?? retry) }
      : { type: 'trial-finished', trial: trial.number, outcome: { state: 'failed', cause: 'lost', message } }
    return { events: [event], result: true }
  }, seen.number)
}

function touch(path: string, at: number): void {
  const when = new Date(at)
  try {
    utimesSync(path, when, when)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    writeFileSync(path, '', { mode: 0o600 })
    utimesSync(path, when, when)
  }
}

function leaseOf(trial: TrialRecord): number | undefined {
  return handleOf(trial)?.leaseSeconds
}

function workerOf(trial: TrialRecord): string {
  return handleOf(trial)?.asked ?? 'its worker'
}
