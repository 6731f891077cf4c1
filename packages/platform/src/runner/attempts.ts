import { type Json, lineageOf, type Study, type StudySpec, type TrialRecord, wantedMetrics } from '@parzen/core'
import type { Executor, Exit } from '../executors/executor.js'
import { jobOf } from '../spec/spec.js'
import { attemptFolder } from '../stores/folders.js'
import type { Repository } from '../stores/series.js'
import { handOnCheckpoints } from './checkpoints.js'
import { conclude, type Ending } from './conclude.js'
import { type EventSource, eventSource } from './event-reports.js'
import type { LineParser } from './metrics.js'
import { commandValues, devicesOf, makeAhead, type Prepared, prepareJob } from './prepare.js'
import { reportSender } from './reports.js'
import type { RunnerEvent } from './runner.js'
import { type Sampled, type SystemMetrics, systemMetrics } from './system-metrics.js'
import { furthest, openTail } from './tail.js'
import { graceAfterVerdict, writeVerdict } from './verdict.js'

/** An attempt that runs under this runner. */
interface Active extends Ending {
  handle?: Json
  /** Epoch milliseconds. */
  launchedAt?: number
  /** Its launch is yet to be written. */
  unwritten?: NodeJS.Timeout
  /** It is to be ended; also before its handle is known. */
  isEnding: boolean
  /** Its process has ended; what is left of its output is being read. */
  hasEnded: boolean
  /** It was told the verdict, and is ended then if it has not ended by itself. */
  afterVerdict?: NodeJS.Timeout
}

export interface Attempts {
  readonly size: number
  has(trial: number): boolean
  /**
   * Launches or adopts a trial's current attempt and sees it to its end, which is then in the journal.
   * @param cursor the series', if it is adopted.
   */
  see(trial: number, devices: readonly string[], cursor?: Json): Promise<void>
  /** Commits what has been reported since. */
  readReports(): Promise<void>
  /** Ends the attempts somebody has asked to stop, and tells those that the pruner wants to end. */
  endStopped(): void
  /** Ends all; they wait for the next run. */
  endAll(): void
  /** Nothing is measured any more. */
  close(): void
}

export interface AttemptsOptions {
  readonly study: Study
  readonly store: Pick<Repository, 'series'>
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

export function attempts(options: AttemptsOptions): Attempts {
  const { study, store, root, executor, emit, fail } = options
  const active = new Map<number, Active>()
  const recordOf = (trial: number) => study.state.trials[trial] as TrialRecord
  const reports = reportSender(study, store.series, (trial) => emit({ type: 'reported', trial }))

  const system = (jobOf(study.spec).systemMetrics ?? true) ? sampled(options, active) : undefined

  const end = (one: Active) => {
    if (one.isEnding) return
    one.isEnding = true
    if (one.handle !== undefined) executor.kill(one.handle, jobOf(study.spec).graceSeconds).catch(fail)
  }

  const hold = (one: Active, handle: Json, launchedAt: number) => {
    Object.assign(one, { handle, launchedAt })
    system?.begun()
    if (one.isEnding) executor.kill(handle, jobOf(study.spec).graceSeconds).catch(fail)
  }

  const obey = (one: Active) => {
    if (!one.isEnding && !one.hasEnded) tell(one, recordOf(one.trial), () => end(one))
  }

  const writeLaunch = async (one: Active) => {
    delete one.unwritten
    await study.launched(one.trial, one.attempt, one.handle as Json)
    emit({ type: 'started', trial: recordOf(one.trial) })
  }

  const launch = async (one: Active, devices: readonly string[]): Promise<Exit> => {
    const record = recordOf(one.trial)
    const job = prepareJob(root, study.spec, preparedOf(study, record), devices)
    const warning = await handOnCheckpoints(root, study.name, { trial: record, trials: study.state.trials })
    if (warning) emit({ type: 'warning', message: warning })
    if (one.attempt === 1) makeAhead(root, study, one.trial + 1)
    const handle = await executor.start(job)
    hold(one, handle, Date.now())
    one.unwritten = setTimeout(() => writeLaunch(one).catch(fail), WRITE_MILLISECONDS)
    return executor.wait(handle)
  }

  const ended = (one: Active, handle: Json | undefined, devices: readonly string[]): Promise<Exit> => {
    if (handle === undefined) return launch(one, devices)
    emit({ type: 'adopted', trial: one.trial })
    hold(one, handle, recordOf(one.trial).attempts.at(-1)?.launchedAt ?? Date.now())
    return executor.wait(handle)
  }

  return {
    get size() {
      return active.size
    },
    has: (trial) => active.has(trial),
    async see(trial, devices, cursor) {
      const record = recordOf(trial)
      const one = open(record, cursor, options)
      active.set(trial, one)
      if (record.stopRequestedBy !== undefined) end(one)
      obey(one)
      try {
        const exit = await ended(one, record.attempts.at(-1)?.handle, devices)
        one.hasEnded = true
        // what is on its way must be known to have come, or not, before the rest goes
        await reports.settled()
        await conclude(one, exit, options)
      } finally {
        clearTimeout(one.afterVerdict)
        active.delete(trial)
      }
    },
    async readReports() {
      await reports.send([...active.values()].filter((one) => !one.hasEnded && !one.unwritten))
      for (const one of active.values()) obey(one)
    },
    endStopped() {
      for (const one of active.values()) {
        if (recordOf(one.trial).stopRequestedBy !== undefined) end(one)
        else obey(one)
      }
    },
    endAll: () => [...active.values()].forEach(end),
    close: () => system?.close(),
  }
}

function sampled({ study, store, root, emit }: AttemptsOptions, active: ReadonlyMap<number, Active>): SystemMetrics {
  return systemMetrics({
    study: study.name,
    series: store.series,
    running: () =>
      [...active.values()].flatMap(({ trial, attempt, handle, launchedAt, hasEnded }): Sampled[] => {
        const { pid } = (handle ?? {}) as { readonly pid?: number | null }
        if (typeof pid !== 'number' || launchedAt === undefined || hasEnded) return []
        return [{ trial, attempt, pid, launchedAt, devices: devicesOf(root, study.name, { trial, attempt }) }]
      }),
    onFailure: ({ message }) => emit({ type: 'warning', message: `system metrics: not measured any more: ${message}` }),
  })
}

function open(record: TrialRecord, read: Json | undefined, { study, root, parseStdout }: AttemptsOptions): Active {
  const at = { trial: record.number, attempt: record.attempts.length }
  const folder = attemptFolder(root, study.name, at)
  const settled = furthest(record.cursor, read)
  const tail = openTail({
    folder,
    parseStdout,
    wanted: wantedMetrics(study.spec),
    events: eventsOf(root, study.spec, record),
    cursor: settled,
    known: record.reports.filter(({ attempt }) => attempt === at.attempt).length,
    now: Date.now,
  })
  return { ...at, folder, tail, settled, isEnding: false, hasEnded: false }
}

/** Tells a verdict. A script with an SDK ends itself then, having kept what it wants to keep; any other is ended. */
function tell(one: Active, { judged }: TrialRecord, end: () => void): void {
  if (one.afterVerdict || !judged || judged.verdict === 'spare') return
  writeVerdict(one.folder, judged)
  one.afterVerdict = setTimeout(end, graceAfterVerdict(one.folder))
}

function eventsOf(root: string, spec: StudySpec, record: TrialRecord): EventSource | undefined {
  const { metrics, folder: workingFolder } = jobOf(spec)
  const since = record.attempts.at(-2)?.endedAt ?? record.startedAt
  return (
    metrics.tensorboard && eventSource(metrics.tensorboard, commandValues(root, spec, record), { workingFolder, since })
  )
}

function preparedOf(study: Study, record: TrialRecord): Prepared {
  return { ...record, parent: lineageOf(record)?.parent, targetStep: study.targetStep(record.number) }
}
