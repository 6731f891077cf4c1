import { type Attempt, decodeMetrics, type Report, type StudySpec, type TrialRecord } from '@parzen/core'
import { type Event, eventMessage } from './event.js'
import { objectiveTags, sessionEnd, sessionStart } from './hparams.js'
import { encode } from './protobuf.js'
import { type RecordBuffer, recordBuffer } from './record.js'

/** The event file of one attempt as it grows: a function of the journal and the series beside it, byte for byte. */
export interface AttemptLog {
  /** Records written so far. */
  readonly count: number
  /** The bytes of the next records, valid until the next call; none if the attempt has not begun. */
  next(trial: TrialRecord, records: readonly Report[]): Uint8Array
  /** The bytes of its end, if it has ended, once all its records are written. */
  end(trial: TrialRecord): Uint8Array
  /** Whether nothing more will come. */
  readonly isEnded: boolean
}

/** The first record of every file: without it readers assume an old format and drop points. */
export function fileVersion(at: number): Event {
  return { wallTime: at / 1000, fileVersion: 'brain.Event:2' }
}

export function appendEvent(records: RecordBuffer, event: Event): void {
  records.append(encode(eventMessage, event))
}

interface Range {
  best: number | undefined
  last: number | undefined
  lastStep: number
}

export interface AttemptLogOptions {
  /** Of the attempt, from 1. */
  readonly number: number
  /** The name of the row in the HParams table. */
  readonly group: string
  /** Gets the names of the metrics met. */
  readonly metrics: Set<string>
}

export function attemptLog(spec: StudySpec, { number, group, metrics: met }: AttemptLogOptions): AttemptLog {
  const records = recordBuffer()
  const write = (event: Event) => appendEvent(records, event)
  const ranges: Range[] = spec.objectives.map(() => ({ best: undefined, last: undefined, lastStep: 0 }))
  let isStarted = false
  let isEnded = false
  let count = 0

  const report = ({ at, step, metrics }: Report) => {
    const numbers = decodeMetrics(metrics)
    for (const [tag, simpleValue] of Object.entries(numbers)) {
      met.add(tag)
      write(scalar(at, step, tag, simpleValue))
    }
    for (const [i, { metric, direction }] of spec.objectives.entries()) {
      const value = numbers[metric]
      if (value !== undefined && Number.isFinite(value)) widen(ranges[i] as Range, { step, value, direction })
    }
  }

  const end = (trial: TrialRecord, attempt: Attempt, at: number) => {
    const values = attempt.cause === undefined && trial.outcome?.state === 'complete' ? trial.outcome.values : []
    for (const [i, { best, last }] of objectiveTags(spec).entries()) {
      const range = ranges[i] as Range
      const metric = spec.objectives[i]?.metric ?? ''
      const value = values[i] ?? range.last
      if (value === undefined) continue
      if (range.last === undefined) write(scalar(at, 0, metric, value))
      write(scalar(at, range.lastStep, best, range.best ?? value))
      write(scalar(at, range.lastStep, last, value))
    }
    write(sessionEnd(trial, attempt, at))
    isEnded = true
  }

  return {
    get count() {
      return count
    },
    next(trial, reports) {
      const attempt = trial.attempts[number - 1]
      const startedAt = attempt?.launchedAt ?? attempt?.endedAt
      if (startedAt === undefined || isEnded) return records.take()
      if (!isStarted) {
        write(fileVersion(startedAt))
        write(sessionStart(spec, trial, startedAt, group))
        isStarted = true
      }
      for (const each of reports) report(each)
      count += reports.length
      return records.take()
    },
    end(trial) {
      const attempt = trial.attempts[number - 1]
      if (isStarted && !isEnded && attempt?.endedAt !== undefined) end(trial, attempt, attempt.endedAt)
      return records.take()
    },
    get isEnded() {
      return isEnded
    },
  }
}

/** Steps are whole in event files. */
function scalar(at: number, step: number, tag: string, simpleValue: number): Event {
  return { wallTime: at / 1000, step: Math.floor(step), summary: { values: [{ tag, simpleValue }] } }
}

function widen(
  range: Range,
  { step, value, direction }: { step: number; value: number; direction: StudySpec['objectives'][number]['direction'] },
): void {
  const isBetter = range.best === undefined || (direction === 'maximize' ? value > range.best : value < range.best)
  if (isBetter) range.best = value
  if (range.last === undefined || step >= range.lastStep) {
    range.last = value
    range.lastStep = Math.floor(step)
  }
}
