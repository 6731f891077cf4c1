import { ParzenError } from '../error.js'
import type { StudyState } from '../journal/state.js'
import { meanOf, type Noise, noiseOfNeighbours, noiseOfRepeats, type Setting, settingsOf } from './noise.js'
import { observations } from './observation.js'
import { compare, DRAWS, priorOf } from './winner.js'

/** A trial among others; in units of the objective. */
export interface Compared {
  readonly trial: number
  readonly value: number
  /** All trials of its setting, itself included, and their mean. */
  readonly repeats: readonly number[]
  readonly mean: number
}

export interface Pair {
  /** Numbers of trials. */
  readonly a: number
  readonly b: number
  /** Reported value of a less that of b. */
  readonly difference: number
  /** Of the true values: what the difference is expected to be, with a probability of 90 % within the interval. */
  readonly expected?: number
  readonly interval?: readonly [number, number]
  /** That the setting of a is truly better; 0.5 of one and the same setting. */
  readonly probability?: number
}

export interface Comparison {
  readonly metric: string
  /** Undefined if nothing is known of it: then only reported values can be compared. */
  readonly noise: Noise | undefined
  /** The asked for that are complete and feasible and of the present space, in the order asked. */
  readonly trials: readonly Compared[]
  /** Each with each after it. */
  readonly pairs: readonly Pair[]
}

/**
 * Whether some trials truly differ, by the posterior of `winner.ts`: noise from repeated settings, else a guess from close ones.
 * The same journal, the same answer.
 *
 * @param objective its index.
 * @throws ParzenError `analysis/objective` for one the study has not.
 */
export function comparison(state: Readonly<StudyState>, numbers: readonly number[], objective = 0): Comparison {
  const { space = {}, objectives = [], seed = 0 } = state.spec ?? {}
  const goal = objectives[objective]
  if (!goal) {
    throw new ParzenError(
      'analysis/objective',
      `objective: expected a number from 0 to ${objectives.length - 1}, got ${objective}`,
    )
  }
  const sign = goal.direction === 'maximize' ? -1 : 1
  const settings = settingsOf(observations(state), objective)
  const noise = noiseOfRepeats(settings, objective) ?? noiseOfNeighbours(space, settings)
  const settingOf = new Map(settings.flatMap((setting) => setting.trials.map((each) => [each.trial, setting] as const)))
  const asked = [...new Set(numbers)].filter((trial) => settingOf.has(trial))
  const chosen = [...new Set(asked.map((trial) => settingOf.get(trial) as Setting))]
  const draws =
    noise && settings.length > 1 ? compare(chosen, priorOf(settings, noise), { noise, seed }).draws : undefined
  const drawsOf = (trial: number) => draws?.[chosen.indexOf(settingOf.get(trial) as Setting)]
  const trials = asked.map((trial): Compared => {
    const { trials: repeats, mean } = settingOf.get(trial) as Setting
    const value = repeats.find((each) => each.trial === trial)?.values[objective] as number
    return { trial, value, repeats: repeats.map((each) => each.trial), mean: sign * mean }
  })
  const pairs = trials.flatMap((a, i) =>
    trials.slice(i + 1).map((b): Pair => {
      const [x, y] = [drawsOf(a.trial), drawsOf(b.trial)]
      const true_ = x && y ? trueDifference(x, y, sign) : {}
      return { a: a.trial, b: b.trial, difference: a.value - b.value, ...true_ }
    }),
  )
  return { metric: goal.metric, noise, trials, pairs }
}

function trueDifference(x: Float64Array, y: Float64Array, sign: number) {
  const sorted = x.map((loss, d) => sign * (loss - (y[d] as number)) + 0).sort()
  const better = x.reduce((sum, loss, d) => {
    const other = y[d] as number
    return sum + (loss < other ? 1 : loss === other ? 0.5 : 0)
  }, 0)
  const [low, high] = [0.05, 0.95].map((p) => sorted[Math.floor(p * DRAWS)] as number)
  return { expected: meanOf(sorted), interval: [low, high] as [number, number], probability: better / DRAWS }
}
