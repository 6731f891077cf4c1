import { isActive } from '../../space/activity.js'
import type { Choice, Distribution, Parameter, Params, Space } from '../../space/distribution.js'
import { fromUnit, stepOf, toUnit } from '../../space/unit-cube.js'
import type { Rng } from '../sampler.js'

export interface Mutation {
  /** Whether a parameter may change in the middle of a training. */
  readonly changes: (name: string, parameter: Parameter) => boolean
  /** Numbers are multiplied or divided by this, above 1. */
  readonly perturb: number
  /** The chance that a parameter is drawn anew instead. */
  readonly resample: number
}

/**
 * The parameters of a fork, "explore" of Jaderberg et al. 2017 (arXiv 1711.09846), 3: each that may change is drawn anew, or moved up or
 * down by a factor; the others stay the parent's. A parameter that the parent has not is drawn.
 *
 * Two uniforms a parameter are spent whether it is active or not, so that a value never depends on other branches.
 */
export function forked(space: Space, parent: Params, { changes, perturb, resample }: Mutation, rng: Rng): Params {
  const params: Record<string, Choice> = {}
  for (const [name, parameter] of Object.entries(space)) {
    const [u, v] = [rng(), rng()]
    if (!isActive(parameter, params)) continue
    const before = parent[name]
    if (before === undefined) params[name] = fromUnit(parameter, v)
    else if (!changes(name, parameter)) params[name] = before
    else
      params[name] = u < resample ? fromUnit(parameter, v) : moved(parameter, before, v < 0.5 ? 1 / perturb : perturb)
  }
  return params
}

/** Numbers above 0 by the factor, other ranges by as large a share of them; a category to its neighbour, if they are numbers in order. */
function moved(d: Distribution, value: Choice, factor: number): Choice {
  if (d.kind === 'categorical') return neighbour(d.choices, value, factor > 1 ? 1 : -1)
  const x = value as number
  const isPositive = d.kind === 'normal' ? d.log === true : d.low >= 0
  const range = d.kind === 'normal' ? 2 * d.sd : d.high - d.low
  const to = isPositive ? x * factor : x + (factor - 1) * range
  if (d.kind === 'normal') return d.step ? fromUnit(d, toUnit(d, Math.round(to / d.step) * d.step)) : to
  const step = stepOf(d)
  // a factor that does not get a whole number to the next one would never change it
  const far = step > 0 && Math.abs(to - x) < step ? x + (factor > 1 ? step : -step) : to
  const held = Math.min(d.high, Math.max(d.low, far))
  return step > 0 ? fromUnit(d, toUnit(d, held)) : held
}

function neighbour(choices: readonly Choice[], value: Choice, by: number): Choice {
  const isOrdered = choices.every((choice, i) => {
    const before = choices[i - 1]
    return typeof choice === 'number' && (before === undefined || (before as number) < choice)
  })
  if (!isOrdered) return value
  const at = choices.indexOf(value) + by
  return choices[Math.min(choices.length - 1, Math.max(0, at))] as Choice
}
