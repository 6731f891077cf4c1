import type { Json, Report, Study, StudyEvent, TrialRecord } from '@parzen/core'
import type { Tail } from './tail.js'

/** An attempt whose output is being read. */
export interface Reporting {
  readonly trial: number
  readonly attempt: number
  readonly tail: Tail
  /** Read, and not yet known to be in the journal. */
  readonly unsent: Reported[]
}

type Unstamped<E> = E extends StudyEvent ? Omit<E, 'at'> : never
export type Reported = Unstamped<Extract<StudyEvent, { type: 'trial-reported' }>>

export interface ReportSender {
  /** Commits what these have reported since; a call while one is under way joins that. */
  send(ones: readonly Reporting[]): Promise<void>
  /** Resolves when nothing is on its way: what is still `unsent` then has not come. */
  settled(): Promise<void>
}

/** Chunks of output read of one attempt before the others have their turn. */
const CHUNKS_A_TURN = 8

export function reportSender(study: Study, onSent: (trial: TrialRecord) => void): ReportSender {
  let sending: Promise<void> | undefined

  const send = async (ones: readonly Reporting[]) => {
    for (const one of ones) readSome(one)
    const events = ones.flatMap((one) => one.unsent)
    if (events.length === 0) return
    await study.commit((state) => ({
      events: events.filter((event) => isCurrent(state.running.get(event.trial), event.attempt)),
      result: undefined,
    }))
    for (const { trial, unsent } of ones) {
      if (unsent.splice(0).length > 0) onSent(study.state.trials[trial] as TrialRecord)
    }
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

function readSome(one: Reporting): void {
  for (let i = 0; i < CHUNKS_A_TURN; i++) {
    const { reports, cursor, more } = one.tail.read(false)
    if (reports.length > 0) one.unsent.push(reported(one, reports, cursor))
    if (!more) break
  }
}

export function reported(
  { trial, attempt }: Pick<Reporting, 'trial' | 'attempt'>,
  reports: readonly Report[],
  cursor: Json,
): Reported {
  return { type: 'trial-reported', trial, attempt, reports, cursor }
}

/** Whether `attempt` is the trial's present one. */
export function isCurrent(record: TrialRecord | undefined, attempt: number): boolean {
  return record?.attempts.length === attempt
}
