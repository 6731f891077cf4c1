import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type Elsewhere, type NextTrial, ParzenError, type StudyEvent } from '@parzen/core'
import { type RequestThread, requestThread } from './request-thread.js'

/** What the thread is sent: the events it has not seen. */
export interface ThreadRequest {
  readonly events: readonly StudyEvent[]
}

/** What comes back. `version` is where it stands now. */
export type ThreadReply =
  | { readonly version: number; readonly next: NextTrial | undefined }
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
  close(): Promise<void>
}

// compiled beside this file; a thread cannot run the TypeScript that tests import
const compiled = fileURLToPath(new URL('./suggestion-thread-entry.js', import.meta.url)).replace('/src/', '/dist/')

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
  return {
    takes: (milliseconds) => !isBroken && (thread !== undefined || milliseconds >= fromMilliseconds),
    async suggest(read) {
      const events = await read(version)
      try {
        thread ??= requestThread(entry, 'one')
        const reply = await thread.send({ events })
        version = reply.version
        if ('error' in reply) throw new Error(reply.error)
        return reply.next
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
    },
    async close() {
      isBroken = true
      await thread?.close()
    },
  }
}
