import type { Json, Report } from '@parzen/core'
import type { Api } from '../trial/api.js'
import type { Assignment } from './assignment.js'
import type { Tail } from './tail.js'

/** `continue` `prune` `pause` `stop`, and why. */
export interface Said {
  readonly verdict: string
  readonly reason: string | null
}

/** What an attempt reports, on its way to a server, and what the server says to it. */
export interface RemoteReports {
  /** Sends what was written since the last call, or a sign of life. @returns whether there is more to read at once. */
  send(isFinal: boolean, patience: number): Promise<boolean>
  /** The first that was not to go on, if there was one. */
  readonly said: Said
  /** The highest so far. */
  readonly lastStep: number
}

export interface RemoteReportsOptions {
  readonly api: Api
  /** Of the trial, in the API. */
  readonly path: string
  readonly tail: Tail
  /** What was said before, if that was not to go on. */
  readonly said?: Said | undefined
  readonly save: (assigned: Assignment) => void
  /** Done first when steps are to be sent that go from above `before` up to `last`. */
  readonly beforeSending?: (before: number, last: number, patience: number) => Promise<void>
  /** Told once. */
  readonly onVerdict: (said: Said) => void
}

const HEARTBEAT_MILLISECONDS = 10_000
const MOST_AT_ONCE = 500

export function remoteReports(assigned: Assignment, options: RemoteReportsOptions): RemoteReports {
  const { api, path, tail, save, beforeSending, onVerdict } = options
  const { attempt } = assigned
  let saved = assigned
  let unsent: Report[] = []
  let said: Said = options.said ?? { verdict: 'continue', reason: null }
  let lastStep = 0
  /** The highest that the server has been told. */
  let toldStep = 0
  let spokenAt = Date.now()

  const say = async (what: 'reports' | 'heartbeat', body: object, patience: number) => {
    const answer = await api.call<Said>('POST', `${path}/${what}`, { attempt, ...body }, patience)
    spokenAt = Date.now()
    if (said.verdict !== 'continue' || answer.verdict === 'continue') return
    said = { verdict: answer.verdict, reason: answer.reason }
    onVerdict(said)
  }
  const sendAll = async (cursor: Json, patience: number) => {
    await beforeSending?.(toldStep, lastStep, patience)
    for (let done = 0; done < unsent.length; done += MOST_AT_ONCE) {
      const reports = unsent.slice(done, done + MOST_AT_ONCE)
      await say('reports', { from: saved.sent + done, reports }, patience)
    }
    // what was sent and is not saved is read again, sent again, and passed over by the server
    saved = { ...saved, sent: saved.sent + unsent.length, cursor }
    unsent = []
    toldStep = lastStep
    save(saved)
  }
  return {
    async send(isFinal, patience) {
      const { reports, cursor, more } = tail.read(isFinal)
      for (const report of reports) {
        unsent.push(report)
        lastStep = Math.max(lastStep, report.step)
      }
      if (unsent.length > 0) await sendAll(cursor, patience)
      else if (Date.now() - spokenAt > HEARTBEAT_MILLISECONDS) await say('heartbeat', {}, patience)
      return more
    },
    get said() {
      return said
    },
    get lastStep() {
      return lastStep
    },
  }
}
