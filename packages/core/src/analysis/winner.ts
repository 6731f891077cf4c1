/**
 * Whether the winner is really better: the posterior of the true loss of each setting, given noisy evaluations.
 *
 * Normal prior over the settings, normal noise. The mean and the width of the prior are drawn from their own posterior
 * given all settings (flat in the width; Gelman 2006, "Prior distributions for variance parameters in hierarchical
 * models"). The prior is what takes back the luck of the luckiest of many; without it the best of 100 equal settings
 * would look good. Losses above the median count at most as far from it as the best is, so that bad settings do not widen
 * the prior. An estimated noise brings its own uncertainty (scaled inverse chi-square).
 */
import { normalDraw, rng } from '../numerics/rng.js'
import type { Space } from '../space/distribution.js'
import { meanOf, type Noise, noiseOfNeighbours, noiseOfRepeats, type Setting, settingsOf } from './noise.js'
import type { Observation } from './observation.js'

export const DRAWS = 2000
/** Settings further down have no chance worth the time. */
const CONTENDERS = 100

export interface Contender {
  /** Its evaluations, in the order of finishing. */
  readonly trials: readonly number[]
  /** Mean of the reported values. */
  readonly mean: number
  /** The true value lies within these with a probability of 90 %. */
  readonly interval: readonly [number, number]
  /** That no other setting tried is better. */
  readonly probability: number
}

export interface Winner {
  readonly noise: Noise
  /** The setting of the best single value, which `parzen best` shows. */
  readonly best: Contender
  /** The setting with the best expected true value; often the same. */
  readonly safest: Contender
  /** All that have a chance of 1 % or more to be the best, the likeliest first. */
  readonly contenders: readonly Contender[]
}

export interface WinnerOptions {
  readonly sign: number
  readonly seed: number
  /** The standard deviation of the noise, if somebody knows it. */
  readonly sd?: number | undefined
}

/** Of the first objective. @returns undefined if nothing is known of the noise, or there are fewer than 2 settings. */
export function winner(
  space: Space,
  trials: readonly Observation[],
  { sign, seed, sd }: WinnerOptions,
): Winner | undefined {
  const settings = settingsOf(trials)
  const noise: Noise | undefined =
    sd !== undefined
      ? { sd, source: 'given', freedom: Infinity }
      : (noiseOfRepeats(settings) ?? noiseOfNeighbours(space, settings))
  if (!noise || settings.length < 2) return undefined
  const luckiest = trials.reduce((a, b) => ((b.losses[0] as number) < (a.losses[0] as number) ? b : a))
  const holdsBest = (setting: Setting) => setting.trials.includes(luckiest)
  const byMean = settings.toSorted((a, b) => a.mean - b.mean)
  const chosen = byMean.filter((setting, i) => i < CONTENDERS || holdsBest(setting) || setting.trials.length > 1)
  const { draws, wins } = compare(chosen, priorOf(settings, noise), { noise, seed })
  const contender = (i: number): Contender => {
    const sorted = (draws[i] as Float64Array).toSorted()
    const ends = [0.05, 0.95].map((p) => sign * (sorted[Math.floor(p * DRAWS)] as number)).sort((a, b) => a - b)
    const { trials: of, mean } = chosen[i] as Setting
    return {
      trials: of.map(({ trial }) => trial),
      mean: sign * mean,
      interval: [ends[0] as number, ends[1] as number],
      probability: (wins[i] as number) / DRAWS,
    }
  }
  const expected = draws.map((row) => meanOf(row))
  return {
    noise,
    best: contender(chosen.findIndex(holdsBest)),
    safest: contender(expected.indexOf(Math.min(...expected))),
    contenders: [...chosen.keys()]
      .filter((i) => (wins[i] as number) >= 0.01 * DRAWS)
      .sort((a, b) => (wins[b] as number) - (wins[a] as number))
      .map(contender),
  }
}

/** Gives one prior a draw. */
type Prior = (uniform: () => number) => { readonly mean: number; readonly variance: number }

const WIDTHS = 64

export function priorOf(settings: readonly Setting[], noise: Noise): Prior {
  const means = settings.map(({ mean }) => mean).sort((a, b) => a - b)
  const median = means[Math.floor(means.length / 2)] as number
  const cap = median + (median - (means[0] as number))
  const capped = settings.map((setting) => Math.min(setting.mean, cap))
  const mean = meanOf(capped)
  const freedom = capped.length - 1
  const squares = capped.reduce((sum, x) => sum + (x - mean) ** 2, 0)
  const within = meanOf(settings.map(({ trials }) => noise.sd ** 2 / trials.length))
  const widest = 3 * Math.sqrt(Math.max(squares / freedom, within))
  const variances = Float64Array.from({ length: WIDTHS }, (_, k) => ((widest * (k + 0.5)) / WIDTHS) ** 2)
  const logs = variances.map((v) => -0.5 * (freedom * Math.log(v + within) + squares / (v + within)))
  const most = Math.max(...logs)
  let sum = 0
  const cumulative = logs.map((log) => {
    sum += Math.exp(log - most)
    return sum
  })
  return (uniform) => {
    const u = uniform() * sum
    const variance = variances[
      Math.max(
        0,
        cumulative.findIndex((c) => c >= u),
      )
    ] as number
    return { mean: mean + Math.sqrt((variance + within) / capped.length) * normalDraw(uniform), variance }
  }
}

/** Draws from the joint posterior of the true losses, one row a setting; the same seed, the same answer. */
export function compare(
  settings: readonly Setting[],
  prior: Prior,
  { noise, seed }: { noise: Noise; seed: number },
): { draws: readonly Float64Array[]; wins: Float64Array } {
  const uniform = rng(seed, 0xbe57)
  const draws = settings.map(() => new Float64Array(DRAWS))
  const wins = new Float64Array(settings.length)
  for (let d = 0; d < DRAWS; d++) {
    const sd = noise.sd * spread(noise.freedom, uniform)
    const { mean, variance } = prior(uniform)
    let [least, tied] = [Infinity, 0]
    for (let i = 0; i < settings.length; i++) {
      const own = sd ** 2 / settings[i]!.trials.length
      const weight = own === 0 ? 1 : variance / (variance + own)
      const centre = weight * settings[i]!.mean + (1 - weight) * mean
      const loss = centre + Math.sqrt(weight * own) * normalDraw(uniform)
      draws[i]![d] = loss
      tied = loss < least ? 1 : loss === least ? tied + 1 : tied
      least = Math.min(least, loss)
    }
    for (let i = 0; i < settings.length; i++) if (draws[i]![d] === least) wins[i]! += 1 / tied
  }
  return { draws, wins }
}

/** A draw of the true over the estimated standard deviation. */
function spread(freedom: number, uniform: () => number): number {
  return freedom === Infinity ? 1 : Math.sqrt(freedom / chiSquare(freedom, uniform))
}

/** A draw with mean `freedom`; the cube-root normal approximation (Wilson & Hilferty 1931) above 30. */
function chiSquare(freedom: number, uniform: () => number): number {
  if (freedom > 30) {
    const c = 2 / (9 * freedom)
    return freedom * (1 - c + normalDraw(uniform) * Math.sqrt(c)) ** 3
  }
  let sum = 0
  for (let i = 0; i < freedom; i++) sum += normalDraw(uniform) ** 2
  return sum
}
