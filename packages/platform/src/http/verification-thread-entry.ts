/** What `verifications.ts` runs in its thread. */
import { parentPort } from 'node:worker_threads'
import type { StudyEvent } from '@parzen/core'
import { verified } from '../runner/verified.js'

parentPort?.on('message', (events: readonly StudyEvent[]) => {
  parentPort?.postMessage(verified(events))
})
