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
    return { version: suggestions.version, next: suggestions.suggest() }
  } catch (error) {
    return { version: suggestions.version, error: error instanceof Error ? error.message : String(error) }
  }
}
