import { isActive } from '../space/activity.js'
import type { Choice, Parameter, Params, Space } from '../space/distribution.js'
import { contains, toUnit } from '../space/unit-cube.js'

/** Params as points of the unit cube, parameter by parameter; undefined where one is not active. */
export interface Placed {
  readonly [name: string]: number | string | undefined
}

/** Numeric values become their probability below; choices stay apart. */
export function place(space: Space, params: Params): Placed {
  const placed: Record<string, number | string | undefined> = {}
  for (const [name, parameter] of Object.entries(space)) {
    const value = params[name]
    if (value === undefined || !isActive(parameter, params) || !contains(parameter, value)) continue
    placed[name] =
      parameter.kind === 'categorical' ? JSON.stringify(value) : toUnit(parameter as Parameter, value as Choice)
  }
  return placed
}

/**
 * How far apart, in [0, 1]: the root mean square over the parameters active in either, 1 for another choice or where only
 * one has the parameter (Gower 1971, "A general coefficient of similarity").
 */
export function distance(names: readonly string[], a: Placed, b: Placed): number {
  let sum = 0
  let count = 0
  for (const name of names) {
    const [x, y] = [a[name], b[name]]
    if (x === undefined && y === undefined) continue
    count++
    if (typeof x === 'number' && typeof y === 'number') sum += (x - y) ** 2
    else if (x !== y) sum++
  }
  return count === 0 ? 0 : Math.sqrt(sum / count)
}
