import type { Parameter, Params, Space } from './distribution.js'

/** Whether `parameter` takes part, given the values of its parents (which come first in a space). */
export function isActive(parameter: Parameter, params: Params): boolean {
  if (!parameter.when) return true
  for (const [parent, values] of Object.entries(parameter.when)) {
    const value = params[parent]
    if (value === undefined || !values.includes(value)) return false
  }
  return true
}

/** The names of the parameters active under `params`, in the order of the space. */
export function activeNames(space: Space, params: Params): string[] {
  return Object.keys(space).filter((name) => isActive(space[name] as Parameter, params))
}
