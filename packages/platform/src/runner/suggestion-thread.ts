import { existsSync } from 'node:fs'
import { type Elsewhere, type NextTrial, ParzenError, type StudyEvent } from '@parzen/core'
import { type RequestThread, requestThread, threadEntry } from './request-thread.js'

/** Reads the journal after a version. */
type Read = Parameters<Elsewhere['suggest']>[0]

/** What the thread is sent: the events it has not seen. */
export interface ThreadRequest {
  readonly events: readonly StudyEvent[]
}

/** What comes back. `version` is where it stands now, `milliseconds` what the suggestion took. */
export type ThreadReply =
  | { readonly version: number; readonly next: NextTrial | undefined; readonly milliseconds: number }
  | { readonly version: number; readonly error: string }

export interface ThreadOptions {
  /** Suggestions at least this slow are made in the thread from then on. Default 25. */
  readonly fromMilliseconds?: number
  /** Told once if the thread ends or fails; suggestions are made here from then on. */
  readonly onFailure: (error: ParzenError) => void
  /** The module the thread runs. */
  readonly entry?: string
}

export interface SuggestionThread extends Elsewhere {
  /**
   * Makes a suggestion that nobody is given, which changes nothing: the first one after a start learns from all trials at once.
   * If it was quick, the next ones are made here all the same.
   */
  warm(read: Read): Promise<void>
  close(): Promise<void>
}

const compiled = threadEntry('./suggestion-thread-entry.js', import.meta.url)

/**
 * Makes the suggestions of one study in a thread of its own, once they are slow, so that timers, logs and reports of running
 * trials go on meanwhile. The thread is started at the first slow suggestion: studies whose suggestions are quick pay nothing.
 *
 * It does not keep the process alive but while a suggestion is being made.
 */
export function suggestionThread({
  fromMilliseconds = 25,
  onFailure,
  entry = compiled,
}: ThreadOptions): SuggestionThread {
  let thread: RequestThread<ThreadRequest, ThreadReply> | undefined
  let isBroken = !existsSync(entry)
  let version = 0
  /** What the thread is asked for waits for its turn: two at once would send it the same events. */
  let turn: Promise<unknown> = Promise.resolve()

  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const mine = turn.then(work)
    turn = mine.catch(() => undefined)
    return mine
  }
  const ask = async (read: Read) => {
    const events = await read(version)
    try {
      thread ??= requestThread(entry, 'one')
      const reply = await thread.send({ events })
      version = reply.version
      if ('error' in reply) throw new Error(reply.error)
      return reply
    } catch (error) {
      if (isBroken) return undefined
      isBroken = true
      const message = error instanceof Error ? error.message : String(error)
      onFailure(
        new ParzenError(
          'suggest/thread',
          `suggestions: expected a thread that makes them, got ${message}. they are made in the main thread from now on`,
          { cause: error },
        ),
      )
      return undefined
    }
  }
  const letGo = async () => {
    const quick = thread
    thread = undefined
    version = 0
    await quick?.close()
  }

  return {
    takes: (milliseconds) => !isBroken && (thread !== undefined || milliseconds >= fromMilliseconds),
    suggest: (read) => inTurn(async () => (await ask(read))?.next),
    warm: (read) =>
      inTurn(async () => {
        if (isBroken || thread) return
        const reply = await ask(read)
        if (reply && reply.milliseconds < fromMilliseconds) await letGo()
      }),
    async close() {
      isBroken = true
      await thread?.close()
    },
  }
}
