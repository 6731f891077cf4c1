import { join } from 'node:path'
import type { Report, StudySpec, StudyState, TrialRecord } from '@parzen/core'
import { type AttemptLog, appendEvent, attemptLog, fileVersion } from './attempt-log.js'
import { type GrowingFile, growingFile, readIfThere, replaceFile } from './growing-file.js'
import { experimentEvent } from './hparams.js'
import { recordBuffer } from './record.js'

/** Records of an attempt, in the order they were made. @param from how many to pass over */
export type RecordReader = (trial: TrialRecord, attempt: number, from: number) => AsyncIterable<readonly Report[]>

/** A sweep's log folder for TensorBoard: a copy of the journal and its series, never read back. */
export interface SweepLog {
  /**
   * Writes what the state has more than the folder. The first call looks at all trials, a later one at those that had not
   * ended; calls do not overlap.
   */
  update(state: Readonly<StudyState>): Promise<void>
}

interface Writing {
  readonly log: AttemptLog
  readonly file: GrowingFile
}

/** Attempts written before others have their turn. */
const ATTEMPTS_A_TURN = 20

/**
 * The folder has a file with the experiment record, and a folder with one file an attempt: `trial-0007`, for later
 * attempts `trial-0007-attempt-2`. Whatever way a run ended, the next `update` completes each file without a point
 * twice. Values are float32 there; the store keeps what was reported.
 *
 * @param recordsOf default: the reports in the journal.
 */
export function sweepLog(folder: string, recordsOf: RecordReader = reportsOf): SweepLog {
  const open = new Map<number, Writing[]>()
  const metrics = new Set<string>()
  let nextTrial = 0
  let described = ''

  const start = (spec: StudySpec, trial: TrialRecord, number: number): Writing => {
    const group = `trial-${String(trial.number).padStart(4, '0')}${number === 1 ? '' : `-attempt-${number}`}`
    const file = growingFile(join(folder, group, fileName(trial.startedAt)))
    return { log: attemptLog(spec, { number, group, metrics }), file }
  }

  const updateTrial = async (spec: StudySpec, trial: TrialRecord) => {
    const attempts = open.get(trial.number) ?? []
    open.set(trial.number, attempts)
    for (const { number } of trial.attempts) {
      const one = attempts[number - 1] ?? start(spec, trial, number)
      attempts[number - 1] = one
      if (!one.log.isEnded) await updateAttempt(trial, number, one)
    }
    if (trial.finishedAt !== undefined && attempts.every(({ log }) => log.isEnded)) open.delete(trial.number)
  }

  const updateAttempt = async (trial: TrialRecord, number: number, { log, file }: Writing) => {
    for await (const records of recordsOf(trial, number, log.count)) file.put(log.next(trial, records))
    // an attempt that has reported nothing yet has begun all the same
    file.put(log.next(trial, []))
    file.put(log.end(trial))
  }

  const describe = (spec: StudySpec, createdAt: number) => {
    const description = JSON.stringify([spec.space, spec.objectives, [...metrics].sort()])
    if (description === described) return
    const records = recordBuffer()
    appendEvent(records, fileVersion(createdAt))
    appendEvent(records, experimentEvent(spec, createdAt, metrics))
    const path = join(folder, fileName(createdAt))
    const bytes = records.take()
    if (!readIfThere(path)?.equals(bytes)) replaceFile(path, bytes)
    described = description
  }

  const update = async ({ spec, createdAt, trials }: Readonly<StudyState>) => {
    if (!spec) return
    for (; nextTrial < trials.length; nextTrial++) open.set(nextTrial, [])
    let turns = 0
    for (const number of [...open.keys()]) {
      const trial = trials[number] as TrialRecord
      await updateTrial(spec, trial)
      if (++turns % ATTEMPTS_A_TURN === 0) await new Promise((resolve) => setImmediate(resolve))
    }
    describe(spec, createdAt)
  }

  let last: Promise<void> = Promise.resolve()
  return {
    update(state) {
      last = last.then(() => update(state))
      return last
    },
  }
}

/** As other writers name theirs, so that readers find it; the same each time. */
function fileName(at: number): string {
  return `events.out.tfevents.${String(Math.floor(at / 1000)).padStart(10, '0')}.parzen`
}

async function* reportsOf({ reports }: TrialRecord, attempt: number, from: number): AsyncGenerator<readonly Report[]> {
  yield reports.filter((report) => report.attempt === attempt).slice(from)
}
