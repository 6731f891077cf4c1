import { isActive } from '../space/activity.js'
import type { Choice, Params, Space } from '../space/distribution.js'
import { fromUnit } from '../space/unit-cube.js'
import { checkOptions } from './options.js'
import type { Rng, SamplerFactory } from './sampler.js'

/** Independent draws from the distributions of the space. Has no options. */
export function random(options: { readonly [option: string]: unknown } = {}): SamplerFactory {
  checkOptions('random', options, {})
  return ({ space }) => ({
    observe() {},
    suggest(_running, { rng }) {
      return { params: drawParams(space, rng) }
    },
  })
}

/**
 * A draw from the space; values in `fixed` are kept where they are active.
 *
 * One uniform a parameter is spent whether it is active or not, so that a value never depends on other branches.
 */
export function drawParams(space: Space, rng: Rng, fixed: Params = {}): Params {
  const params: Record<string, Choice> = {}
  for (const [name, parameter] of Object.entries(space)) {
    const u = rng()
    if (isActive(parameter, params))
      params[name] = Object.hasOwn(fixed, name) ? (fixed[name] as Choice) : fromUnit(parameter, u)
  }
  return params
}
