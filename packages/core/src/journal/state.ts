import type { Params } from '../space/distribution.js'
import { isFeasible } from './constraint.js'
import type { Cause, Json, Outcome, Report, StudyEvent, StudyNote, StudySpec, TrialNote } from './event.js'

/** `waiting`: started, its next attempt not launched yet. */
export type TrialState = 'waiting' | 'running' | 'paused' | 'complete' | 'pruned' | 'failed'

export interface Attempt {
  readonly number: number
  readonly launchedAt?: number
  readonly handle?: Json
  readonly endedAt?: number
  /** Why it ended without deciding the trial; absent on the last attempt. */
  readonly cause?: Cause
  readonly message?: string
  readonly fault?: 'user' | 'infrastructure'
  readonly notBefore?: number
}

export interface TrialReport extends Report {
  /** The attempt that made it; a later attempt may have started over. */
  readonly attempt: number
}

export interface Judged {
  readonly verdict: 'prune' | 'pause' | 'spare'
  readonly step: number
  readonly reason: string
}

/** A trial folded from its events. */
export interface TrialRecord {
  readonly number: number
  readonly state: TrialState
  readonly params: Params
  readonly memo?: Json
  /** The journal version its suggestion was made on. */
  readonly seen: number
  /** Index in `StudyState.queue` if a person asked for it. */
  readonly queued?: number
  readonly worker: string
  readonly startedAt: number
  readonly finishedAt?: number
  readonly outcome?: Outcome
  /** In the order they came; of several values of a metric at one step the last counts. */
  readonly reports: readonly TrialReport[]
  /** Where the reader of the current attempt's output stood at the last report that says so. */
  readonly cursor?: Json
  /** At least one; the last is the current one. */
  readonly attempts: readonly Attempt[]
  /** What the pruner said of it, if it was not to go on. */
  readonly judged?: Judged
  /** Who asked to stop it. */
  readonly stopRequestedBy?: string
}

/** The best complete and feasible trial by the first objective; of equal ones the first. */
export interface Best {
  readonly trial: TrialRecord
  readonly value: number
  /** Its place in `StudyState.finished`. */
  readonly index: number
}

/** A study folded from its journal. Mutable only inside `apply`. */
export interface StudyState {
  version: number
  spec: StudySpec | undefined
  /** Who made it, if that is known. */
  owner: string | undefined
  createdAt: number
  lastEventAt: number
  /** By number. */
  readonly trials: TrialRecord[]
  /** Finished trials in the order they finished: what samplers observe. */
  readonly finished: TrialRecord[]
  /** Started and not finished, by number. */
  readonly running: Map<number, TrialRecord>
  /** What people asked for; the first `queueTaken` are started. */
  readonly queue: Params[]
  queueTaken: number
  stop: { readonly by: string; readonly now: boolean } | undefined
  ended: string | undefined
  /**
   * Milliseconds in which at least one trial was running, up to `lastEventAt`. A trial that waits for its next attempt
   * does not count: it may wait for somebody to run the study again, days later.
   */
  busyMilliseconds: number
  best: Best | undefined
  /** The first trial of the present space; those before were started in another one. */
  spaceSince: number
  /** Results of other studies, as complete trials with numbers below 0. */
  readonly imported: TrialRecord[]
  note: StudyNote
  /** By trial. */
  readonly trialNotes: { [trial: number]: TrialNote }
}

export function emptyState(): StudyState {
  return {
    version: 0,
    spec: undefined,
    owner: undefined,
    createdAt: 0,
    lastEventAt: 0,
    trials: [],
    finished: [],
    running: new Map(),
    queue: [],
    queueTaken: 0,
    stop: undefined,
    ended: undefined,
    busyMilliseconds: 0,
    best: undefined,
    spaceSince: 0,
    imported: [],
    note: {},
    trialNotes: {},
  }
}

export function fold(events: readonly StudyEvent[], state = emptyState()): StudyState {
  for (const event of events) apply(state, event)
  return state
}

/** The only writer of a study's state. Events that no longer fit (a second end of a trial) change nothing. */
export function apply(state: StudyState, event: StudyEvent): void {
  if (isBusy(state)) {
    const until = event.type === 'run-started' ? Math.min(event.at, event.aliveUntil ?? event.at) : event.at
    state.busyMilliseconds += Math.max(0, until - state.lastEventAt)
  }
  state.version++
  state.lastEventAt = Math.max(state.lastEventAt, event.at)
  switch (event.type) {
    case 'study-created':
      state.spec = event.spec
      state.owner = event.owner
      state.createdAt = event.at
      return
    case 'study-edited':
      if (JSON.stringify(event.spec.space) !== JSON.stringify(state.spec?.space)) state.spaceSince = state.trials.length
      state.spec = event.spec
      return
    case 'results-imported':
      for (const { params, values } of event.results)
        state.imported.push(importedTrial(state, event.at, { params, values }))
      return
    case 'study-stop-requested':
      state.stop = { by: event.by, now: event.now }
      return
    case 'study-resumed':
      state.stop = undefined
      state.ended = undefined
      return
    case 'study-ended':
      state.ended = event.reason
      return
    case 'study-noted': {
      const { type: _t, at: _a, by: _b, ...note } = event
      state.note = { ...state.note, ...note }
      return
    }
    case 'trial-noted': {
      const { type: _t, at: _a, by: _b, trial, ...note } = event
      if (state.trials[trial]) state.trialNotes[trial] = { ...state.trialNotes[trial], ...note }
      return
    }
    case 'run-started':
      return
    case 'trial-queued':
      state.queue.push(event.params)
      return
    case 'trial-started': {
      const { trial, params, seen, worker, memo, queued } = event
      if (trial !== state.trials.length) return
      if (queued !== undefined) state.queueTaken = Math.max(state.queueTaken, queued + 1)
      put(state, {
        number: trial,
        state: 'waiting',
        params,
        seen,
        worker,
        startedAt: event.at,
        reports: [],
        attempts: [{ number: 1 }],
        ...(memo === undefined ? {} : { memo }),
        ...(queued === undefined ? {} : { queued }),
      })
      return
    }
    default:
      applyToRunning(state, event)
  }
}

function importedTrial(
  state: StudyState,
  at: number,
  { params, values }: { readonly params: Params; readonly values: readonly number[] },
): TrialRecord {
  return {
    number: -1 - state.imported.length,
    state: 'complete',
    params,
    seen: 0,
    worker: '',
    startedAt: at,
    finishedAt: at,
    outcome: { state: 'complete', values },
    reports: [],
    attempts: [{ number: 1 }],
  }
}

type OnTrial = Extract<StudyEvent, { readonly trial: number }>

function applyToRunning(state: StudyState, event: Exclude<OnTrial, { type: 'trial-started' | 'trial-noted' }>): void {
  const trial = state.running.get(event.trial)
  if (!trial) return
  const current = trial.attempts[trial.attempts.length - 1] as Attempt
  switch (event.type) {
    case 'trial-launched':
      if (event.attempt !== current.number || current.launchedAt !== undefined) return
      put(state, {
        ...trial,
        state: 'running',
        attempts: withLast(trial.attempts, { ...current, launchedAt: event.at, handle: event.handle }),
      })
      return
    case 'trial-reported': {
      if (event.attempt !== current.number) return
      // the list is this state's own: pushing keeps a long run of reports linear
      const own = trial.reports as TrialReport[]
      // key by key: what a spread makes takes three times the room
      for (const { at, step, metrics } of event.reports) own.push({ at, step, metrics, attempt: event.attempt })
      if (event.cursor !== undefined) put(state, { ...trial, cursor: event.cursor })
      return
    }
    case 'trial-judged': {
      if (event.attempt !== current.number) return
      const { verdict, step, reason } = event
      put(state, { ...trial, judged: { verdict, step, reason } })
      return
    }
    case 'trial-paused':
      if (event.attempt !== current.number) return
      put(state, {
        ...trial,
        state: 'paused',
        attempts: withLast(trial.attempts, { ...current, endedAt: event.at }),
      })
      return
    case 'trial-promoted': {
      if (event.attempt !== current.number + 1) return
      const { cursor: _read, judged: _judged, ...rest } = trial
      put(state, { ...rest, state: 'waiting', attempts: [...trial.attempts, { number: event.attempt }] })
      return
    }
    case 'trial-retried': {
      if (event.attempt !== current.number + 1) return
      const { cause, message, fault } = event
      const { cursor: _read, ...rest } = trial
      const next: Attempt = {
        number: event.attempt,
        ...(event.notBefore === undefined ? {} : { notBefore: event.notBefore }),
      }
      put(state, {
        ...rest,
        state: 'waiting',
        attempts: [...withLast(trial.attempts, { ...current, endedAt: event.at, cause, message, fault }), next],
      })
      return
    }
    case 'trial-stop-requested':
      put(state, { ...trial, stopRequestedBy: event.by })
      return
    case 'trial-finished':
      put(state, {
        ...trial,
        state: event.outcome.state,
        outcome: event.outcome,
        finishedAt: event.at,
        attempts: withLast(trial.attempts, { ...current, endedAt: event.at }),
      })
      return
    default:
      event satisfies never
  }
}

function withLast(attempts: readonly Attempt[], last: Attempt): readonly Attempt[] {
  return [...attempts.slice(0, -1), last]
}

function put(state: StudyState, trial: TrialRecord): void {
  state.trials[trial.number] = trial
  if (trial.finishedAt === undefined) state.running.set(trial.number, trial)
  else {
    state.running.delete(trial.number)
    state.finished.push(trial)
    improve(state, trial)
  }
}

/** Kept up to date here, since a search at each `tell` would make a study quadratic in its trials. */
export function improve(state: StudyState, trial: TrialRecord): void {
  const { outcome } = trial
  if (!isFeasible(outcome)) return
  const value = outcome.values[0]
  if (value === undefined) return
  const sign = state.spec?.objectives[0]?.direction === 'maximize' ? -1 : 1
  if (state.best && sign * value >= sign * state.best.value) return
  state.best = { trial, value, index: state.finished.length - 1 }
}

/** Trials started and neither finished nor paused: something is being done about them. */
export function activeTrials({ running }: Pick<StudyState, 'running'>): TrialRecord[] {
  return [...running.values()].filter((trial) => trial.state !== 'paused')
}

function isBusy(state: StudyState): boolean {
  for (const { state: of, attempts } of state.running.values())
    if (of === 'running' || (of === 'waiting' && attempts.length === 1)) return true
  return false
}
