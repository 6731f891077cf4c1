import { isActive } from './activity.js'
import type { Choice, Params, Space } from './distribution.js'
import { contains, countValues } from './unit-cube.js'

/**
 * Values of another space as values of this one, if they mean a point of it.
 *
 * A parameter that is gone is left out: what it did counts as noise. One that is new has the value of `before`, or its
 * only one. A value outside its range does not become another one: clipped, it would say of the border what was seen
 * elsewhere.
 * @returns undefined if a value lies outside, or is missing.
 */
export function carryOver(space: Space, params: Params, before: Params = {}): Params | undefined {
  const carried: Record<string, Choice> = {}
  for (const [name, parameter] of Object.entries(space)) {
    if (!isActive(parameter, carried)) continue
    const only = parameter.kind === 'categorical' && countValues(parameter) === 1 ? parameter.choices[0] : undefined
    const value = params[name] ?? (Object.hasOwn(params, name) ? null : (before[name] ?? only))
    if (value === undefined || !contains(parameter, value)) return undefined
    carried[name] = value
  }
  return carried
}
