import { checkParams } from '../space/check.js'
import type { Choice, Params, Space } from '../space/distribution.js'

/**
 * Adds what given parameters need to be active: each parent that is missing gets its first value that switches them on.
 * @throws ParzenError `params/inactive` if two of them need different values of one parent.
 */
export function withParents(space: Space, params: Params): Params {
  const complete: Record<string, Choice> = { ...params }
  // parents come first in a space, so that backwards a parent that is added here finds its own parents
  for (const [name, { when }] of Object.entries(space).reverse()) {
    if (!when || !Object.hasOwn(complete, name)) continue
    for (const [parent, [first]] of Object.entries(when)) {
      if (!Object.hasOwn(complete, parent) && first !== undefined) complete[parent] = first
    }
  }
  checkParams(space, complete, ['params'])
  return complete
}
