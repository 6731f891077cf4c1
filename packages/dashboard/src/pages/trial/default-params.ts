import { type Choice, fromUnit, isActive, type Params, type Space } from '@parzen/core'

/**
 * A point to compare with: the middle of every range, the first of every choice. What the training script itself takes without a
 * sweep is not known here.
 */
export function middleOf(space: Space): Params {
  const params: Record<string, Choice> = {}
  for (const [name, parameter] of Object.entries(space)) {
    if (!isActive(parameter, params)) continue
    params[name] = parameter.kind === 'categorical' ? (parameter.choices[0] as Choice) : fromUnit(parameter, 0.5)
  }
  return params
}
