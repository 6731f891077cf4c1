import { join } from 'node:path'
import { type Json, ParzenError, type Study, type StudyEvent, type StudySpec, type TrialRecord } from '@parzen/core'
import type { Executor, Exit } from '../executors/executor.js'
import { jobOf } from '../spec/spec.js'
import { attemptFolder } from '../stores/folders.js'
import { type EventSource, eventSource } from './event-reports.js'
import { lastWords, trimLog } from './logs.js'
import type { LineParser } from './metrics.js'
import { outcomeOf } from './outcome.js'
import { commandValues, makeAhead, prepareJob } from './prepare.js'
import { isCurrent, type Reporting, reported, reportSender } from './reports.js'
import { decideRetry } from './retry.js'
import type { RunnerEvent } from './runner.js'
import { openTail } from './tail.js'

/** An attempt that runs under this runner. */
interface Active extends Reporting {
  readonly folder: string
  handle?: Json
  /** Its launch is yet to be written. */
  unwritten?: NodeJS.Timeout
  /** It is to be ended; also before its handle is known. */
  isEnding: boolean
  /** Its process has ended; what is left of its output is being read. */
  hasEnded: boolean
}

export interface Attempts {
  readonly size: number
  has(trial: number): boolean
  /** Launches or adopts a trial's current attempt and sees it to its end, which is then in the journal. */
  see(trial: number, devices: readonly string[]): Promise<void>
  /** Commits what has been reported since. */
  readReports(): Promise<void>
  /** Ends the attempts somebody has asked to stop. */
  endStopped(): void
  /** Ends all; they wait for the next run. */
  endAll(): void
}

export interface AttemptsOptions {
  readonly study: Study
  readonly root: string
  readonly executor: Executor
  readonly parseStdout: LineParser
  readonly emit: (event: RunnerEvent) => void
  readonly fail: (error: unknown) => void
}

/**
 * Attempts that end before this are written with their launch in one append. Until it is written the attempt counts as
 * not launched; a successor then starts it again, which adopts it, since starts are idempotent.
 */
const WRITE_MILLISECONDS = 20
const LONGEST_LOG_BYTES = 64 * 2 ** 20

type NewEvent = StudyEvent extends infer E ? (E extends StudyEvent ? Omit<E, 'at'> : never) : never

export function attempts(options: AttemptsOptions): Attempts {
  const { study, root, executor, emit, fail } = options
  const active = new Map<number, Active>()
  const recordOf = (trial: number) => study.state.trials[trial] as TrialRecord
  const reports = reportSender(study, (trial) => emit({ type: 'reported', trial }))

  const open = (record: TrialRecord): Active => {
    const at = { trial: record.number, attempt: record.attempts.length }
    const folder = attemptFolder(root, study.name, at)
    const objectives = study.spec.objectives.map(({ metric }) => metric)
    const tail = openTail({
      folder,
      parseStdout: options.parseStdout,
      objectives,
      events: eventsOf(root, study.spec, record),
      cursor: record.cursor,
      now: Date.now,
    })
    return { ...at, folder, tail, isEnding: false, hasEnded: false, unsent: [] }
  }

  const end = (one: Active) => {
    if (one.isEnding) return
    one.isEnding = true
    if (one.handle !== undefined) executor.kill(one.handle, jobOf(study.spec).graceSeconds).catch(fail)
  }

  const writeLaunch = async (one: Active) => {
    delete one.unwritten
    await study.launched(one.trial, one.attempt, one.handle as Json)
    emit({ type: 'started', trial: recordOf(one.trial) })
  }

  const launch = async (one: Active, devices: readonly string[]): Promise<Exit> => {
    const job = prepareJob(root, study.spec, recordOf(one.trial), devices)
    if (one.attempt === 1) makeAhead(root, study, one.trial + 1)
    const handle = await executor.start(job)
    one.handle = handle
    if (one.isEnding) executor.kill(handle, job.graceSeconds).catch(fail)
    one.unwritten = setTimeout(() => writeLaunch(one).catch(fail), WRITE_MILLISECONDS)
    return executor.wait(handle)
  }

  const ended = (one: Active, handle: Json | undefined, devices: readonly string[]): Promise<Exit> => {
    if (handle === undefined) return launch(one, devices)
    one.handle = handle
    emit({ type: 'adopted', trial: one.trial })
    if (one.isEnding) executor.kill(handle, jobOf(study.spec).graceSeconds).catch(fail)
    return executor.wait(handle)
  }

  return {
    get size() {
      return active.size
    },
    has: (trial) => active.has(trial),
    async see(trial, devices) {
      const record = recordOf(trial)
      const one = open(record)
      active.set(trial, one)
      if (record.stopRequestedBy !== undefined) end(one)
      try {
        const exit = await ended(one, record.attempts.at(-1)?.handle, devices)
        one.hasEnded = true
        // what is on its way must be known to have come, or not, before the rest goes
        await reports.settled()
        await conclude(one, exit, options)
      } finally {
        active.delete(trial)
      }
    },
    readReports: () => reports.send([...active.values()].filter((one) => !one.hasEnded && !one.unwritten)),
    endStopped() {
      for (const one of active.values()) if (recordOf(one.trial).stopRequestedBy !== undefined) end(one)
    },
    endAll() {
      for (const one of active.values()) end(one)
    },
  }
}

function eventsOf(root: string, spec: StudySpec, record: TrialRecord): EventSource | undefined {
  const { metrics, folder: workingFolder } = jobOf(spec)
  const since = record.attempts.at(-2)?.endedAt ?? record.startedAt
  return (
    metrics.tensorboard && eventSource(metrics.tensorboard, commandValues(root, spec, record), { workingFolder, since })
  )
}

/** Puts the end of an attempt into the journal, together with the last of its reports. */
async function conclude(one: Active, exit: Exit, { study, emit, fail }: AttemptsOptions): Promise<void> {
  const launch: NewEvent[] = one.unwritten
    ? [{ type: 'trial-launched', trial: one.trial, attempt: one.attempt, handle: one.handle as Json }]
    : []
  clearTimeout(one.unwritten)
  launch.push(...one.unsent.splice(0))
  let rest = one.tail.read(true)
  while (rest.more) {
    if (rest.reports.length > 0) {
      const events = [...launch.splice(0), reported(one, rest.reports, rest.cursor)]
      await study.commit((state) => ({
        events: isCurrent(state.running.get(one.trial), one.attempt) ? events : [],
        result: undefined,
      }))
    }
    // a huge output must not keep the other attempts waiting
    else await new Promise((resolve) => setImmediate(resolve))
    rest = one.tail.read(true)
  }
  const { objectives } = study.spec
  const { retries, timeoutSeconds } = jobOf(study.spec)
  const known = { exit, objectives, last: one.tail.last(), seen: one.tail.seen(), timeoutSeconds }
  const errors = isGood(exit) ? '' : lastWords(join(one.folder, 'stderr.log'))
  const now = Date.now()

  const decided = await study.commit((state) => {
    const record = state.running.get(one.trial)
    if (!record || !isCurrent(record, one.attempt)) return { events: [], result: undefined }
    const outcome = outcomeOf({ ...known, errors, stoppedBy: record.stopRequestedBy })
    const events: NewEvent[] = [...launch]
    if (rest.reports.length > 0) events.push(reported(one, rest.reports, rest.cursor))
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
  else emit({ type: 'finished', trial, outcome: decided.outcome })
  if (decided.isSetup) {
    fail(
      new ParzenError(
        'command/unstartable',
        `command: expected one that can be started, got ${decided.message.replace(/^could not be started: /, '')}`,
        {
          hint: 'correct it and run again: the trial was kept for that',
          path: ['command'],
        },
      ),
    )
  }
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
