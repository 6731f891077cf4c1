/** What `suggestion-thread.ts` runs in its thread. */
import { parentPort } from 'node:worker_threads'
import { journalSuggester } from '@parzen/core'
import type { ThreadReply, ThreadRequest } from './suggestion-thread.js'

const suggestions = journalSuggester()

parentPort?.on('message', ({ events }: ThreadRequest) => {
  parentPort?.postMessage(answer(events))
})

function answer(events: ThreadRequest['events']): ThreadReply {
  try {
    suggestions.follow(events)
    const from = performance.now()
    const next = suggestions.suggest()
    return { version: suggestions.version, next, milliseconds: performance.now() - from }
  } catch (error) {
    return { version: suggestions.version, error: error instanceof Error ? error.message : String(error) }
  }
}
