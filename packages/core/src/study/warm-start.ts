import { observations } from '../analysis/observation.js'
import type { StudySpec } from '../journal/event.js'
import type { StudyState } from '../journal/state.js'
import { carryOver } from '../space/carry-over.js'
import type { Choice, Params, Space } from '../space/distribution.js'
import { toUnit } from '../space/unit-cube.js'
import type { NewEvent } from './desk.js'

/** An earlier study to begin with. */
export interface Source {
  readonly state: Readonly<StudyState>
  /** The same metric on the same data: its values count like this study's own. */
  readonly comparable?: boolean
}

/** Settings tried first of a study whose values say nothing here. */
const MOST_TRIED = 5
/** Per parameter, of the unit cube: nearer ones would show the same twice. */
const LEAST_APART = 0.05

/**
 * What a new study takes over from earlier ones.
 *
 * Values of another data set or model have another scale, and a model of them would be wrong in ways nobody sees; what does
 * carry over is which settings were good. So its five best that lie apart are tried first (Feurer et al. 2015,
 * "Initializing Bayesian hyperparameter optimization via meta-learning"): that costs five trials if the studies have
 * nothing in common. Comparable values are observed as they are.
 */
export function warmStart(spec: StudySpec, sources: readonly Source[]): NewEvent[] {
  return sources.flatMap(({ state, comparable = false }): NewEvent[] => {
    const from = state.spec?.name ?? ''
    const found = observations(state).flatMap(({ params, values, losses }) => {
      const carried = carryOver(spec.space, params, spec.earlier)
      return carried ? [{ params: carried, values, loss: losses[0] as number }] : []
    })
    if (found.length === 0) return []
    if (comparable) {
      return [
        { type: 'results-imported' as const, from, results: found.map(({ params, values }) => ({ params, values })) },
      ]
    }
    const best = apart(
      spec.space,
      found.toSorted((a, b) => a.loss - b.loss).map(({ params }) => params),
    )
    return best.map((params) => ({ type: 'trial-queued' as const, params }))
  })
}

/** The first ones that are not next to one before. */
function apart(space: Space, inOrder: readonly Params[]): Params[] {
  const chosen: Params[] = []
  for (const params of inOrder) {
    if (chosen.length === MOST_TRIED) break
    if (chosen.every((other) => isApart(space, params, other))) chosen.push(params)
  }
  return chosen
}

function isApart(space: Space, a: Params, b: Params): boolean {
  return Object.entries(space).some(([name, parameter]) => {
    const [x, y] = [a[name], b[name]]
    if (x === undefined || y === undefined || parameter.kind === 'categorical') return x !== y
    return Math.abs(toUnit(parameter, x as Choice) - toUnit(parameter, y as Choice)) > LEAST_APART
  })
}
