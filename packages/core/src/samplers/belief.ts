import type { Belief } from '../journal/event.js'
import { normalDraw } from '../numerics/rng.js'
import { isActive } from '../space/activity.js'
import type { Choice, Parameter, Params, Space } from '../space/distribution.js'
import { fromUnit, toUnit } from '../space/unit-cube.js'
import type { Rng, SamplerFactory } from './sampler.js'

/** Of the first trials after the believed point itself; halves with every ten trials. */
const FIRST_SHARE = 0.5
const HALF_LIFE = 10
/** Of draws of a category that are the believed one. */
const CATEGORY_SHARE = 0.8
const DEFAULT_SD = 0.15
/** Largest u, so that it stays in [0, 1). */
const TOP = 1 - 2 ** -53

/**
 * Lets any sampler begin where a person expects good values: the first trial is the believed point; after that a share
 * of the trials, 1/2 at first and half of that with every ten more, is drawn around it.
 *
 * About seven trials in all, however many there are: a wrong belief costs them and nothing else, since the sampler learns
 * from them as from others. (πBO, Hvarfner et al. 2022, lets the belief fade as well, inside the acquisition; here it is
 * outside, and so is the same for every sampler.)
 */
export function believing(makeSampler: SamplerFactory, beliefs: { readonly [name: string]: Belief }): SamplerFactory {
  return (problem) => {
    const sampler = makeSampler(problem)
    let finishedCount = 0
    return {
      ...sampler,
      observe(finished) {
        sampler.observe(finished)
        finishedCount += finished.length
      },
      suggest(running, ask) {
        const { rng } = ask
        const count = finishedCount + running.length
        const coin = rng()
        if (ask.number === 0)
          return { params: around(problem.space, beliefs, { rng, isMode: true }), memo: { by: 'prior' } }
        if (coin < FIRST_SHARE * 2 ** (-count / HALF_LIFE)) {
          return { params: around(problem.space, beliefs, { rng, isMode: false }), memo: { by: 'prior' } }
        }
        return sampler.suggest(running, ask)
      },
    }
  }
}

function around(
  space: Space,
  beliefs: { readonly [name: string]: Belief },
  { rng, isMode }: { readonly rng: Rng; readonly isMode: boolean },
): Params {
  const params: Record<string, Choice> = {}
  for (const [name, parameter] of Object.entries(space)) {
    if (!isActive(parameter, params)) continue
    const belief = Object.hasOwn(beliefs, name) ? beliefs[name] : undefined
    if (!belief) params[name] = fromUnit(parameter, rng())
    else params[name] = isMode ? belief.value : near(parameter, belief, rng)
  }
  return params
}

function near(parameter: Parameter, { value, sd = DEFAULT_SD }: Belief, rng: Rng): Choice {
  if (parameter.kind === 'categorical') return rng() < CATEGORY_SHARE ? value : fromUnit(parameter, rng())
  const u = toUnit(parameter, value) + sd * normalDraw(rng)
  // mirrored at the ends rather than piled up on them
  const mirrored = Math.abs(u) > 1 ? 2 - Math.abs(u) : Math.abs(u)
  return fromUnit(parameter, Math.min(TOP, Math.max(0, mirrored)))
}
