import type { Analysis, StudyState } from '@parzen/core'
import { type ApiError, read, studyPath } from './api.js'
import { useFetched } from './fetched.js'

/** Changes each time so many trials have finished that what is worked out from them may say something else. */
export function stage({ finished, ended }: StudyState): string {
  const every = Math.max(5, Math.round(finished.length / 20))
  return `${Math.floor(finished.length / every)} ${ended ?? ''}`
}

/** Has the server begin with it while the trials are still on their way to the page: both take about as long. */
export function askForAnalysis(name: string): void {
  read('analysis', studyPath(name, '/analysis')).catch(() => undefined)
}

/** What the server has worked out of the trials; the last answer stays until the next is there. */
export function useAnalysis(name: string, state: StudyState): { readonly value?: Analysis; readonly error?: ApiError } {
  return useFetched(`${name} ${stage(state)}`, () => read('analysis', studyPath(name, '/analysis')))
}
