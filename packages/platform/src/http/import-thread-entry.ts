/** What `import-archive.ts` runs in its thread. */
import { parentPort } from 'node:worker_threads'
import { ParzenError } from '@parzen/core'
import { type RunsAsStudy, type RunsToImport, runsAsStudy } from '../runner/import-runs.js'

export type ImportReply = { readonly made: RunsAsStudy } | { readonly code: string; readonly message: string }

parentPort?.on('message', (wanted: RunsToImport) => {
  parentPort?.postMessage(answer(wanted))
})

function answer(wanted: RunsToImport): ImportReply {
  try {
    return { made: runsAsStudy(wanted) }
  } catch (error) {
    if (error instanceof ParzenError) return { code: error.code, message: error.message }
    throw error
  }
}
