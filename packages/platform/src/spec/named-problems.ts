import { ParzenError, prunerOf, type StudySpec, samplerByName } from '@parzen/core'
import type { Problem } from './source.js'

/** What the sampler says of its options and of the space, and the pruner of its own, by making them. */
export function namedProblems(study: StudySpec): Problem[] {
  return [
    ...problemsOf('sampler', () => {
      samplerByName(study.sampler)({
        space: study.space,
        directions: study.objectives.map((objective) => objective.direction),
        seed: study.seed,
      })
    }),
    ...problemsOf('pruner', () => {
      const watching = prunerOf(study)
      watching?.make({ direction: watching.direction, seed: study.seed })
    }),
  ]
}

function problemsOf(kind: 'sampler' | 'pruner', make: () => void): Problem[] {
  try {
    make()
    return []
  } catch (error) {
    if (!(error instanceof ParzenError)) throw error
    const path = error.path[0] === kind ? error.path : [kind]
    return [{ code: error.code, message: error.message, path }]
  }
}
