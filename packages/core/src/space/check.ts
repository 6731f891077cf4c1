import { ParzenError } from '../error.js'
import { isActive } from './activity.js'
import type { Choice, Params, Space } from './distribution.js'
import { formatDistribution } from './format-distribution.js'
import { contains } from './unit-cube.js'

/**
 * Checks values given by a person: known names, possible values, no value for a parameter that is switched off by another given one.
 * @throws ParzenError `params/unknown`, `params/value`, `params/inactive`.
 */
export function checkParams(space: Space, params: Params, path: readonly (string | number)[] = []): void {
  for (const [name, value] of Object.entries(params)) {
    const parameter = space[name]
    if (!parameter) {
      throw new ParzenError('params/unknown', `${name}: expected a parameter of the space, got an unknown name`, {
        path: [...path, name],
        hint: `it has: ${Object.keys(space).join(', ')}`,
      })
    }
    if (!contains(parameter, value)) {
      const { when: _, ...distribution } = parameter
      throw new ParzenError(
        'params/value',
        `${name}: expected a value of ${formatDistribution(distribution)}, got ${JSON.stringify(value)}`,
        { path: [...path, name] },
      )
    }
    if (parameter.when && !isActive(parameter, { ...possible(parameter.when), ...params })) {
      throw new ParzenError(
        'params/inactive',
        `${name}: expected ${JSON.stringify(parameter.when)} with it, got ${JSON.stringify(params)}`,
        { path: [...path, name] },
      )
    }
  }
}

/** Parents that were not given are taken to hold a value that fits. */
function possible(when: { readonly [parent: string]: readonly Choice[] }): Params {
  return Object.fromEntries(Object.entries(when).map(([parent, values]) => [parent, values[0] ?? null]))
}
