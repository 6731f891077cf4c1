import { ParzenError } from '@parzen/core'
import { UNREACHABLE } from './api.js'
import { checkpointsIn, lookAt } from './checkpoint-folder.js'
import { type RemoteCheckpoints, sendCheckpoints, sendPresentCheckpoints } from './remote-checkpoints.js'

/** What an attempt keeps, on its way to the server while it runs and at its end: one sending at a time. */
export interface CheckpointSender {
  /** Sends what has been completed since the last time, if it is time to; to be called often, and not waited for. */
  inPassing(): Promise<void>
  /** Resolves when the server has what is kept now, of a training that goes on. */
  present(patienceMilliseconds: number): Promise<void>
  /** The same of a training that has ended; what is on its way in passing is left off. @returns why that failed, if so. */
  last(patienceMilliseconds: number): Promise<string | undefined>
}

export interface CheckpointSenderOptions {
  readonly at: Omit<RemoteCheckpoints, 'patienceMilliseconds' | 'goesOn'>
  /** At least so long from one sending in passing to the next. */
  readonly everyMilliseconds: number
  /** Default 4 GiB: more than that is not sent in passing. */
  readonly mostBytes?: number
  readonly warn: (message: string) => void
  /** Milliseconds. Default: the system's clock. */
  readonly now?: () => number
}

const LOOK_MILLISECONDS = 500
/** Of a training that never rests that long, what is there is taken: its files are whole if they are renamed into place. */
const LOOKS = 10
/** A slow network is at most a tenth of the time busy with it. */
const REST_FACTOR = 9

export function checkpointSender(options: CheckpointSenderOptions): CheckpointSender {
  const { at, everyMilliseconds, mostBytes = 4 * 2 ** 30, warn, now = () => performance.now() } = options
  let turn: Promise<unknown> = Promise.resolve()
  let isLast = false
  let isLooking = false
  let nextAt = now() + everyMilliseconds
  /** State of the folder at the last look, and what the server has of it. */
  let seen: string | undefined
  let sent: string | undefined
  let looks = 0
  const warned = new Set<string>()

  const inTurn = (work: () => Promise<void>): Promise<void> => {
    const mine = turn.then(work)
    turn = mine.catch(() => undefined)
    return mine
  }
  const warnOnce = (message: string) => {
    if (!warned.has(message)) warn(message)
    warned.add(message)
  }
  const look = async (): Promise<void> => {
    const folder = checkpointsIn(at.folder)
    const found = folder === undefined ? undefined : await lookAt(folder)
    if (found === undefined || found.state === sent) return
    const isAtRest = found.state === seen
    seen = found.state
    // another look finds it complete
    if (!isAtRest && ++looks < LOOKS) return
    looks = 0
    sent = found.state
    if (found.bytes > mostBytes) {
      const GiB = (bytes: number) => `${(bytes / 2 ** 30).toFixed(1)} GiB`
      return warnOnce(
        `checkpoints: expected at most ${GiB(mostBytes)} to send in passing, got ${GiB(found.bytes)}; they are sent at pauses and at the end`,
      )
    }
    const from = now()
    try {
      await inTurn(() => sendPresentCheckpoints({ ...at, patienceMilliseconds: 0, goesOn: () => !isLast }))
    } catch (error) {
      sent = undefined
      // one that is away is told later, and of an attempt that is somebody else's the next report hears
      if (!(error instanceof ParzenError) || ![UNREACHABLE, 'http/attempt'].includes(error.code))
        warnOnce((error as Error).message)
    }
    nextAt = now() + Math.max(everyMilliseconds, REST_FACTOR * (now() - from))
  }
  return {
    async inPassing() {
      if (isLooking || isLast || now() < nextAt) return
      isLooking = true
      nextAt = now() + Math.min(LOOK_MILLISECONDS, everyMilliseconds)
      await look().catch((error: Error) => warnOnce(error.message))
      isLooking = false
    },
    present: (patienceMilliseconds) => inTurn(() => sendPresentCheckpoints({ ...at, patienceMilliseconds })),
    last(patienceMilliseconds) {
      isLast = true
      return inTurn(() => sendCheckpoints({ ...at, patienceMilliseconds })).then(
        () => undefined,
        (error: Error) => error.message,
      )
    },
  }
}
