/** What `analysis-thread.ts` runs in its thread. */
import { parentPort } from 'node:worker_threads'
import { fold, ParzenError, type StudyState } from '@parzen/core'
import { type WorkReply, type WorkRequest, workOn } from './analysis-work.js'

const states = new Map<string, StudyState>()

parentPort?.on('message', (request: WorkRequest) => {
  parentPort?.postMessage(answer(request))
})

function answer({ study, events, work, forget }: WorkRequest): WorkReply {
  for (const name of forget) states.delete(name)
  try {
    const state = fold(events, states.get(study))
    states.set(study, state)
    return { result: workOn(state, work) }
  } catch (error) {
    if (error instanceof ParzenError) return { code: error.code, message: error.message, path: error.path }
    return { code: 'analysis/bug', message: error instanceof Error ? error.message : String(error), path: [] }
  }
}
