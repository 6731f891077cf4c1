import { isActive } from '../../space/activity.js'
import type { Choice, Parameter, Params, Space } from '../../space/distribution.js'
import { contains, countValues, fromUnit, toUnit } from '../../space/unit-cube.js'
import type { Rng } from '../sampler.js'

export type Crossover = 'uniform' | 'sbx'

/** Distribution indices of SBX and of polynomial mutation: Deb et al. 2002, section V. */
const ETA_CROSSOVER = 20
const ETA_MUTATION = 20

export interface Breeding {
  readonly space: Space
  readonly crossover: Crossover
  /** Each of the two; the same one twice for a child of one parent. */
  readonly parents: readonly [Params, Params]
  /** Probability for each active parameter. */
  readonly mutation: number
  readonly rng: Rng
}

/**
 * A child in the space, with the active parameters and no others: parameter by parameter, parents before children. One
 * that a single parent has is taken from that one; one that neither has is drawn from the space.
 */
export function breed({ space, crossover, parents, mutation, rng }: Breeding): Params {
  const child: Record<string, Choice> = {}
  for (const [name, parameter] of Object.entries(space)) {
    if (!isActive(parameter, child)) continue
    const [a, b] = parents.map((parent) => parent[name]).filter((v) => v !== undefined && contains(parameter, v))
    const inherited = a === undefined ? undefined : b === undefined ? a : cross(parameter, crossover, a, b, rng)
    if (inherited === undefined) child[name] = fromUnit(parameter, rng())
    else child[name] = rng() < mutation ? mutate(parameter, inherited, rng) : inherited
  }
  return child
}

function cross(parameter: Parameter, crossover: Crossover, a: Choice, b: Choice, rng: Rng): Choice {
  if (crossover === 'uniform' || parameter.kind === 'categorical' || a === b || rng() < 0.5) return rng() < 0.5 ? a : b
  return fromUnit(parameter, inside(simulatedBinary(toUnit(parameter, a), toUnit(parameter, b), rng)))
}

/** One of the two children of u and v in [0, 1] by simulated binary crossover within bounds (Deb & Agrawal 1995). */
export function simulatedBinary(u: number, v: number, rng: Rng): number {
  const [low, high] = [Math.min(u, v), Math.max(u, v)]
  const gap = high - low
  const isLower = rng() < 0.5
  if (gap < 1e-14) return u
  const beta = 1 + (2 * (isLower ? low : 1 - high)) / gap
  const alpha = 2 - beta ** -(ETA_CROSSOVER + 1)
  const r = rng() * alpha
  const spread = (r <= 1 ? r : 1 / (2 - r)) ** (1 / (ETA_CROSSOVER + 1))
  return (low + high + (isLower ? -spread : spread) * gap) / 2
}

/** Half of the mutations of numbers are polynomial steps, which stay near; all others are draws from the space. */
function mutate(parameter: Parameter, value: Choice, rng: Rng): Choice {
  if (countValues(parameter) === 1) return value
  if (parameter.kind === 'categorical' || rng() < 0.5) return fromUnit(parameter, rng())
  return fromUnit(parameter, inside(polynomial(toUnit(parameter, value), rng)))
}

/** Polynomial mutation of u in [0, 1] within bounds (Deb & Goyal 1996). */
export function polynomial(u: number, rng: Rng): number {
  const r = rng()
  const power = 1 / (ETA_MUTATION + 1)
  if (r < 0.5) return u + (2 * r + (1 - 2 * r) * (1 - u) ** (ETA_MUTATION + 1)) ** power - 1
  return u + 1 - (2 * (1 - r) + (2 * r - 1) * u ** (ETA_MUTATION + 1)) ** power
}

function inside(u: number): number {
  return Math.min(1 - 2 ** -53, Math.max(0, u))
}
