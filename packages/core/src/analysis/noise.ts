import type { Space } from '../space/distribution.js'
import { distance, place } from './distance.js'
import type { Observation } from './observation.js'

/** How much the value of one and the same setting varies from evaluation to evaluation. */
export interface Noise {
  readonly sd: number
  /** `repeats`: settings evaluated more than once; `neighbours`: a guess from trials that lie close; `given`: by a person. */
  readonly source: 'repeats' | 'neighbours' | 'given'
  /** Degrees of freedom of the estimate; Infinity if given. */
  readonly freedom: number
}

/** Trials of one and the same setting. */
export interface Setting {
  readonly trials: readonly Observation[]
  readonly mean: number
}

/** In the order of their first trial. @param objective the index of its loss. */
export function settingsOf(trials: readonly Observation[], objective = 0): Setting[] {
  const groups = new Map<string, Observation[]>()
  for (const trial of trials) {
    const key = JSON.stringify(Object.entries(trial.params).sort(([a], [b]) => (a < b ? -1 : 1)))
    const group = groups.get(key)
    if (group) group.push(trial)
    else groups.set(key, [trial])
  }
  return [...groups.values()].map((group) => ({
    trials: group,
    mean: meanOf(group.map((t) => t.losses[objective] as number)),
  }))
}

export function meanOf(values: readonly number[] | Float64Array): number {
  let sum = 0
  for (const x of values) sum += x
  return sum / values.length
}

/** The pooled spread within settings that were evaluated more than once. */
export function noiseOfRepeats(settings: readonly Setting[], objective = 0): Noise | undefined {
  let squares = 0
  let freedom = 0
  for (const { trials, mean } of settings) {
    for (const { losses } of trials) squares += ((losses[objective] as number) - mean) ** 2
    freedom += trials.length - 1
  }
  return freedom === 0 ? undefined : { sd: Math.sqrt(squares / freedom), source: 'repeats', freedom }
}

const NEAREST = 5
const FEWEST = 20
/** More trials than these are not needed, and each is compared with all. */
const MOST = 300

/**
 * A guess of the noise without repeats: half the squared difference of near trials, extrapolated to distance zero
 * (the gamma test; Evans & Jones 2002, "A proof of the gamma test").
 *
 * Of the better half of the settings only, since noise near the best is what matters and steep slopes far from it would
 * pass for noise. Steepness near the best still may: the guess is rather too high than too low.
 * @returns undefined for fewer than 20 settings.
 */
export function noiseOfNeighbours(space: Space, settings: readonly Setting[]): Noise | undefined {
  const better = settings.toSorted((a, b) => a.mean - b.mean).slice(0, Math.min(MOST, Math.ceil(settings.length / 2)))
  if (settings.length < FEWEST) return undefined
  const names = Object.keys(space)
  const placed = better.map(({ trials }) => place(space, trials[0]?.params ?? {}))
  const near = new Float64Array(NEAREST)
  const differs = new Float64Array(NEAREST)
  for (const [i, here] of placed.entries()) {
    const others = placed
      .map((there, j) => ({ j, d: j === i ? Infinity : distance(names, here, there) }))
      .sort((a, b) => a.d - b.d)
    for (let k = 0; k < NEAREST; k++) {
      const { j, d } = others[k] as { j: number; d: number }
      near[k]! += d ** 2 / placed.length
      differs[k]! += ((better[i] as Setting).mean - (better[j] as Setting).mean) ** 2 / 2 / placed.length
    }
  }
  return { sd: Math.sqrt(Math.max(0, interceptOf(near, differs))), source: 'neighbours', freedom: better.length - 1 }
}

/** Of the least-squares line; the mean of y where x does not vary. */
function interceptOf(x: Float64Array, y: Float64Array): number {
  const [mx, my] = [meanOf(x), meanOf(y)]
  const xx = x.reduce((sum, xi) => sum + (xi - mx) ** 2, 0)
  const xy = x.reduce((sum, xi, i) => sum + (xi - mx) * (y[i]! - my), 0)
  return my - (xx > 0 ? Math.max(0, xy / xx) * mx : 0)
}
