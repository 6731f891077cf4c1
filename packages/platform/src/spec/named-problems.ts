import { type Named, ParzenError, prunerOf, type StudySpec, samplerByName } from '@parzen/core'
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
    ...lateProblems(study),
  ]
}

/** Comparisons that would begin after the end of a training: such a study runs, and nothing of it is ever stopped. */
function lateProblems({ pruner, sampler }: StudySpec): Problem[] {
  return [
    ...lateProblem('pruner', pruner, 'minStep'),
    ...(sampler.name === 'pbt' ? lateProblem('sampler', sampler, 'interval') : []),
  ]
}

function lateProblem(kind: 'sampler' | 'pruner', named: Named, first: 'minStep' | 'interval'): Problem[] {
  const { [first]: from, maxStep } = named
  if (typeof from !== 'number' || typeof maxStep !== 'number' || from < maxStep) return []
  const message = `${kind} ${named.name}: ${first}: expected less than maxStep ${maxStep}, got ${from}. maxStep is the last step of a training`
  return [{ code: `${kind}/option`, message, path: [kind, first] }]
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
