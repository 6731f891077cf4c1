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

const FEWEST = 20
/** More settings than these are not needed, and each is compared with all. */
const MOST = 300

/**
 * A guess of the noise without repeats, from the differences of the closest settings: their median, as of a normal.
 *
 * Of the better half of the settings only, since noise near the best is what matters. What the objective itself differs
 * between two close settings counts as noise, so that the guess is rather too high than too low.
 * @returns undefined for fewer than 20 settings.
 */
export function noiseOfNeighbours(space: Space, settings: readonly Setting[]): Noise | undefined {
  if (settings.length < FEWEST) return undefined
  const better = settings.toSorted((a, b) => a.mean - b.mean).slice(0, Math.min(MOST, Math.ceil(settings.length / 2)))
  const names = Object.keys(space)
  const placed = better.map(({ trials }) => place(space, trials[0]?.params ?? {}))
  const pairs = placed.map((here, i) => {
    let nearest = { distance: Infinity, difference: 0 }
    for (const [j, there] of placed.entries()) {
      const d = j === i ? Infinity : distance(names, here, there)
      if (d < nearest.distance) {
        nearest = { distance: d, difference: Math.abs((better[i] as Setting).mean - (better[j] as Setting).mean) }
      }
    }
    return nearest
  })
  const closest = pairs.sort((a, b) => a.distance - b.distance).slice(0, Math.max(5, Math.ceil(pairs.length / 3)))
  const median = closest.map(({ difference }) => difference).sort((a, b) => a - b)[
    Math.floor(closest.length / 2)
  ] as number
  // the median of |x − y| for normal x and y is 0.954 of their sd; most pairs are counted from both sides
  return { sd: median / 0.954, source: 'neighbours', freedom: Math.max(2, Math.floor(closest.length / 3)) }
}
