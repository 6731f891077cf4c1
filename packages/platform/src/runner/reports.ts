import type { Json, NewEvent, Report, Study, StudyState, TrialRecord } from '@parzen/core'
import { atNewPlaces, decisiveReports, WHOLE_REPORTS } from '../stores/decisive.js'
import type { SeriesStore } from '../stores/series.js'
import type { Tail } from './tail.js'

/** An attempt whose output is being read. */
export interface Reporting {
  readonly trial: number
  readonly attempt: number
  readonly tail: Tail
  /** Where the reader stood after the last report of which the journal has what decides. */
  settled?: Json | undefined
  /** Read, and not yet known to be in the journal. */
  unsent?: Unsent | undefined
}

/** What was read of an attempt, sorted by where it goes. */
interface Unsent {
  /** For the series, which have it before the journal says that it was read. */
  readonly dense: Report[]
  denseFrom: number
  /** For the journal. */
  decisive: Report[]
  cursor: Json
  /** Whether the attempt's first reports are among them: where the reader stands after those is in the journal, too. */
  readonly isBeginning: boolean
}

export interface ReportSender {
  /** Commits what these have reported since; a call while one is under way joins that. */
  send(ones: readonly Reporting[]): Promise<void>
  /** Resolves when nothing is on its way: what is still `unsent` then has not come. */
  settled(): Promise<void>
}

/** Chunks of output read of one attempt before the others have their turn. */
const CHUNKS_A_TURN = 8

export function reportSender(study: Study, series: SeriesStore, onSent: (trial: TrialRecord) => void): ReportSender {
  let sending: Promise<void> | undefined

  const send = async (ones: readonly Reporting[]) => {
    for (const one of ones) for (let i = 0; i < CHUNKS_A_TURN && readSome(study, one, false); i++);
    await writeDense(study, series, ones)
    const decisive = ones.filter((one) => hasDecisive(study.state, one))
    if (decisive.length > 0)
      await study.commit((state) => ({
        events: decisive.flatMap((one) => reportedEvents(state, one)),
        result: undefined,
      }))
    ones.forEach(settle)
    for (const { trial } of decisive) onSent(study.state.trials[trial] as TrialRecord)
  }

  return {
    send(ones) {
      sending ??= send(ones).finally(() => {
        sending = undefined
      })
      return sending
    },
    async settled() {
      // whoever sent them is told of the failure
      await sending?.catch(() => undefined)
    },
  }
}

/** Reads a chunk of an attempt's output into `unsent`. @returns whether there is more to read at once. */
export function readSome({ spec }: Study, one: Reporting, final: boolean): boolean {
  const { reports, from, cursor, more } = one.tail.read(final)
  if (reports.length === 0) return more
  const wholeCount = Math.max(0, WHOLE_REPORTS - from)
  one.unsent ??= { dense: [], denseFrom: from + wholeCount, decisive: [], cursor, isBeginning: wholeCount > 0 }
  const { unsent } = one
  if (unsent.dense.length === 0) unsent.denseFrom = from + wholeCount
  for (const report of reports.slice(wholeCount)) unsent.dense.push(report)
  for (const report of decisiveReports(spec, from, reports)) unsent.decisive.push(report)
  unsent.cursor = cursor
  return more
}

/** What was read is in the journal as far as it decides. */
export function settle(one: Reporting): void {
  one.settled = one.unsent?.cursor ?? one.settled
  one.unsent = undefined
}

/**
 * Puts into the series what is for them, and where the reader stood when the journal was level with it: what is read again
 * from there after a crash replaces itself. If it fails it is tried again with the next.
 */
export async function writeDense(
  { name: study }: Study,
  series: SeriesStore,
  ones: readonly Reporting[],
): Promise<void> {
  const full = ones.flatMap(({ unsent, ...one }) => (unsent?.dense.length ? [{ ...one, unsent }] : []))
  if (full.length === 0) return
  await series.append(
    full.map(({ trial, attempt, settled: cursor, unsent: { denseFrom: from, dense: records } }) => {
      return { study, trial, attempt, kind: 'metrics', from, records, cursor }
    }),
  )
  for (const { unsent } of full) unsent.dense.splice(0)
}

/** What the journal is told of what was read of an attempt; nothing once it is no longer the trial's present one. */
export function reportedEvents(state: Readonly<StudyState>, { trial, attempt, unsent }: Reporting): NewEvent[] {
  const record = state.running.get(trial)
  if (!unsent || !record || !isCurrent(record, attempt)) return []
  const reports = atNewPlaces(record, attempt, unsent.decisive)
  if (unsent.isBeginning) return [{ type: 'trial-reported', trial, attempt, reports, cursor: unsent.cursor }]
  return reports.length === 0 ? [] : [{ type: 'trial-reported', trial, attempt, reports }]
}

function hasDecisive({ running }: Readonly<StudyState>, { trial, attempt, unsent }: Reporting): boolean {
  if (!unsent) return false
  const record = running.get(trial)
  if (record) unsent.decisive = atNewPlaces(record, attempt, unsent.decisive)
  return unsent.decisive.length > 0
}

/** Whether `attempt` is the trial's present one. */
export function isCurrent(record: TrialRecord | undefined, attempt: number): boolean {
  return record?.attempts.length === attempt
}
