import { join } from 'node:path'
import {
  type Json,
  lineageOf,
  type NewEvent,
  type Outcome,
  ParzenError,
  type Study,
  type StudyState,
  type TrialRecord,
  wantedMetrics,
} from '@parzen/core'
import type { Exit } from '../executors/executor.js'
import { jobOf } from '../spec/spec.js'
import { closingReports, type LastValues, WHOLE_REPORTS } from '../stores/decisive.js'
import { lastValues } from '../stores/last-values.js'
import type { Repository } from '../stores/series.js'
import { lastWords, trimLog } from './logs.js'
import { carriedOver, outcomeOf } from './outcome.js'
import { isCurrent, type Reporting, readSome, reportedEvents, settle, writeDense } from './reports.js'
import { decideRetry } from './retry.js'
import type { RunnerEvent } from './runner.js'
import { usesSdk } from './verdict.js'

/** An attempt whose process has ended. */
export interface Ending extends Reporting {
  readonly folder: string
  readonly handle?: Json
  /** Its launch is yet to be written. */
  readonly unwritten?: NodeJS.Timeout
}

export interface ConcludeOptions {
  readonly study: Study
  readonly store: Pick<Repository, 'series'>
  readonly emit: (event: RunnerEvent) => void
  readonly fail: (error: unknown) => void
}

/** What was decided: `outcome` is undefined for a trial that was paused. */
interface Concluded {
  readonly outcome: Outcome | undefined
  readonly message: string
  readonly isRetry: boolean
  readonly isSetup: boolean
}

const LONGEST_LOG_BYTES = 64 * 2 ** 20

/** Puts the end of an attempt into the journal, together with the last of its reports. */
export async function conclude(one: Ending, exit: Exit, options: ConcludeOptions): Promise<void> {
  const { study, emit, fail } = options
  const launch: NewEvent[] = one.unwritten
    ? [{ type: 'trial-launched', trial: one.trial, attempt: one.attempt, handle: one.handle as Json }]
    : []
  clearTimeout(one.unwritten)
  const last = await readRest(one, launch, options)
  const { spec } = study
  const { retries, timeoutSeconds } = jobOf(spec)
  const known = { exit, spec, last: one.tail.last(), seen: one.tail.seen(), timeoutSeconds }
  const errors = isGood(exit) ? '' : lastWords(join(one.folder, 'stderr.log'))
  const now = Date.now()

  const decided = await study.commit<Concluded | undefined>((state) => {
    const record = state.running.get(one.trial)
    if (!record || !isCurrent(record, one.attempt)) return { events: [], result: undefined }
    const events: NewEvent[] = [...launch, ...lastReports(state, one, last)]
    const judged = obeyed(record, exit, one)
    if (judged?.verdict === 'pause') {
      events.push({ type: 'trial-paused', trial: one.trial, attempt: one.attempt })
      return { events, result: { message: '', outcome: undefined, isRetry: false, isSetup: false } }
    }
    const outcome: Outcome =
      judged?.verdict === 'prune'
        ? { state: 'pruned', reason: judged.reason }
        : outcomeOf({
            ...known,
            last: {
              ...carriedOver(record, wantedMetrics(spec), state.trials[lineageOf(record)?.parent ?? -1]),
              ...known.last,
            },
            errors,
            stoppedBy: record.stopRequestedBy,
          })
    if (outcome.state === 'failed') {
      const { cause, message } = outcome
      const isSetup = isUnstartable(exit) && record.reports.length === 0 && nothingEverRan(state.finished)
      const isInterrupt = exit.kind === 'killed' && record.stopRequestedBy === undefined
      const retry =
        isSetup || isInterrupt ? { fault: 'infrastructure' as const } : decideRetry(record, cause, retries, now)
      if (retry) {
        events.push({ type: 'trial-retried', trial: one.trial, attempt: one.attempt + 1, cause, message, ...retry })
        return { events, result: { message, outcome, isRetry: true, isSetup } }
      }
    }
    events.push({ type: 'trial-finished', trial: one.trial, outcome })
    return { events, result: { message: '', outcome, isRetry: false, isSetup: false } }
  })
  // only now: a successor of a runner killed before would read on in a file cut short
  trimLogs(one.folder, emit)
  if (!decided) return
  const trial = study.state.trials[one.trial] as TrialRecord
  if (launch.some((event) => event.type === 'trial-launched')) emit({ type: 'started', trial })
  const { target, patience, gain, seconds } = study.spec.budget
  if ([target, patience, gain, seconds].some((limit) => limit !== undefined)) await study.settle()
  if (decided.isRetry) emit({ type: 'retried', trial, message: decided.message })
  else if (decided.outcome) emit({ type: 'finished', trial, outcome: decided.outcome })
  else emit({ type: 'paused', trial })
  if (decided.isSetup) fail(unstartable(decided.message))
}

/** Reads what is left of an attempt's output. @param launch goes first. @returns the last values of its metrics. */
async function readRest(one: Ending, launch: NewEvent[], { study, store }: ConcludeOptions): Promise<LastValues> {
  const { trial, attempt } = one
  while (readSome(study, one, true)) {
    await writeDense(study, store.series, [one])
    if (one.unsent?.decisive.length) {
      const first = launch.splice(0)
      await study.commit((state) => {
        const isPresent = isCurrent(state.running.get(trial), attempt)
        return { events: isPresent ? [...first, ...reportedEvents(state, one)] : [], result: undefined }
      })
      settle(one)
    }
    // a huge output must not keep the other attempts waiting
    else await new Promise((resolve) => setImmediate(resolve))
  }
  await writeDense(study, store.series, [one])
  return one.tail.count <= WHOLE_REPORTS ? {} : lastValues(store.series, { study: study.name, trial, attempt })
}

/** The reports that are left, and what else brings the last value of every metric into the journal. */
function lastReports(state: Readonly<StudyState>, one: Ending, last: LastValues): NewEvent[] {
  const { trial, attempt } = one
  const events = reportedEvents(state, one)
  const [reported] = events
  const before = state.running.get(trial)?.reports.filter((report) => report.attempt === attempt) ?? []
  const known = reported?.type === 'trial-reported' ? [...before, ...reported.reports] : before
  const reports = closingReports(known, last)
  return reports.length === 0 ? events : [...events, { type: 'trial-reported', trial, attempt, reports }]
}

function unstartable(message: string): ParzenError {
  const got = message.replace(/^could not be started: /, '')
  return new ParzenError('command/unstartable', `command: expected one that can be started, got ${got}`, {
    hint: 'correct it and run again: the trial was kept for that',
    path: ['command'],
  })
}

/** The verdict that its end is the answer to: one that got to its end before it heard of it has a result. */
function obeyed({ judged, stopRequestedBy }: TrialRecord, exit: Exit, { folder }: Ending): TrialRecord['judged'] {
  if (stopRequestedBy !== undefined || (isGood(exit) && !usesSdk(folder))) return undefined
  return judged
}

function trimLogs(folder: string, emit: (event: RunnerEvent) => void): void {
  for (const name of ['stdout.log', 'stderr.log']) {
    try {
      trimLog(join(folder, name), LONGEST_LOG_BYTES)
    } catch (error) {
      emit({ type: 'warning', message: `${join(folder, name)}: could not be shortened: ${(error as Error).message}` })
    }
  }
}

function isGood(exit: Exit): boolean {
  return exit.kind === 'code' && exit.code === 0
}

/** The shell says so by its exit code if the command is a string. */
function isUnstartable(exit: Exit): boolean {
  return exit.kind === 'unstartable' || (exit.kind === 'code' && (exit.code === 126 || exit.code === 127))
}

/** Whether it must be the sweep that is wrong rather than a trial's parameters. */
function nothingEverRan(finished: readonly TrialRecord[]): boolean {
  return finished.every((trial) => trial.reports.length === 0 && trial.state === 'failed')
}
