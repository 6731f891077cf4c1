import { ParzenError, type StudySpec, samplerByName } from '@parzen/core'
import type { Problem } from './source.js'

/** What the sampler says of its options and of the space, by making one. */
export function samplerProblems(study: StudySpec): Problem[] {
  try {
    samplerByName(study.sampler)({
      space: study.space,
      directions: study.objectives.map((objective) => objective.direction),
      seed: study.seed,
    })
    return []
  } catch (error) {
    if (!(error instanceof ParzenError)) throw error
    const path = error.path[0] === 'sampler' ? error.path : ['sampler']
    return [{ code: error.code, message: error.message, path }]
  }
}
