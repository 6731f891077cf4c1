/**
 * What more trials can be expected to bring: the lower tail of the recent losses, extrapolated below the record.
 *
 * The losses of the more recent half of the trials are taken for independent draws of what the sampler now suggests. Those
 * below a threshold follow a generalised Pareto distribution (Pickands 1975, "Statistical inference using extreme order
 * statistics"), with shape xi and scale sigma on a grid, weighed by their likelihood and a prior: xi normal about −0.4,
 * sd 0.25, in [−1, 0.2] — a smooth objective of d dimensions has −2 / d at its minimum —, ln sigma uniform. All answers
 * are means over the grid, so that what the data leave open is in the interval.
 *
 * Notation: e: the exceedances, threshold − loss >= 0. p: the share of losses below the threshold. gap: threshold −
 * record. With S the tail's survival function, k draws all stay above record − g with probability (1 − p S(gap + g))^k.
 */
import type { Observation } from './observation.js'

const FEWEST = 10
const RECENT = 30
const MOST_IN_TAIL = 200

/** The generalised Pareto distributions of the grid and their posterior weights, which sum to 1. */
export interface Tail {
  readonly p: number
  readonly gap: number
  readonly parts: readonly { readonly xi: number; readonly sigma: number; readonly weight: number }[]
}

/** @param losses in the order of finishing. @returns undefined for fewer than 10. */
export function fitTail(losses: readonly number[]): Tail | undefined {
  if (losses.length < FEWEST) return undefined
  const recent = losses.slice(-Math.max(RECENT, Math.ceil(losses.length / 2))).sort((a, b) => a - b)
  const tail = Math.min(MOST_IN_TAIL, Math.max(5, Math.ceil(0.5 * recent.length)))
  const threshold = recent[tail] as number
  const e = recent.slice(0, tail).map((loss) => threshold - loss)
  const gap = threshold - losses.reduce((a, b) => Math.min(a, b))
  const mean = e.reduce((sum, x) => sum + x, 0) / tail
  if (mean === 0) return { p: 0, gap, parts: [] }
  const parts: { xi: number; sigma: number; weight: number }[] = []
  for (let k = -10; k <= 2; k++) {
    const xi = k / 10
    const prior = -0.5 * ((xi + 0.4) / 0.25) ** 2
    for (let step = 0; step < 24; step++) {
      const sigma = mean * 0.3 * 20 ** (step / 23)
      parts.push({ xi, sigma, weight: prior + logLikelihood(e, xi, sigma) })
    }
  }
  const most = parts.reduce((a, { weight }) => Math.max(a, weight), -Infinity)
  const sum = parts.reduce((a, { weight }) => a + Math.exp(weight - most), 0)
  const weighed = parts.map((part) => ({ ...part, weight: Math.exp(part.weight - most) / sum }))
  return { p: tail / (recent.length + 1), gap, parts: weighed.filter(({ weight }) => weight > 1e-4) }
}

function logLikelihood(e: readonly number[], xi: number, sigma: number): number {
  let sum = -e.length * Math.log(sigma)
  const isExponential = xi === 0
  for (const x of e) {
    const z = 1 + (xi * x) / sigma
    if (z <= 0) return -Infinity
    sum -= isExponential ? x / sigma : (1 + 1 / xi) * Math.log(z)
  }
  return sum
}

function survival(x: number, xi: number, sigma: number): number {
  if (xi === 0) return Math.exp(-x / sigma)
  const z = 1 + (xi * x) / sigma
  return z <= 0 ? 0 : z ** (-1 / xi)
}

/** The probability that `count` more trials beat the record by more than `gain`. */
export function chanceOfGain({ p, gap, parts }: Tail, count: number, gain: number): number {
  return parts.reduce((sum, { xi, sigma, weight }) => {
    return sum + weight * (1 - (1 - p * survival(gap + gain, xi, sigma)) ** count)
  }, 0)
}

/** What so many more trials take off the record. */
export interface Gain {
  readonly trials: number
  /** That there is a new record at all. */
  readonly chance: number
  readonly expected: number
  /** The gain lies within these with a probability of 90 %; the lower is 0 where a new record is not almost sure. */
  readonly interval: readonly [number, number]
}

const CELLS = 80

export function expectedGain(tail: Tail, count: number): Gain {
  const chance = chanceOfGain(tail, count, 0)
  const upper = quantileOf(tail, count, 1e-3)
  // E g = ∫ P(g > x) dx, denser near 0 where the chance falls fastest
  let expected = 0
  for (let i = 0; i < CELLS; i++) {
    const [a, b] = [upper * (i / CELLS) ** 2, upper * ((i + 1) / CELLS) ** 2]
    expected += (b - a) * chanceOfGain(tail, count, (a + b) / 2)
  }
  return {
    trials: count,
    chance,
    expected,
    interval: [quantileOf(tail, count, 0.95), quantileOf(tail, count, 0.05)],
  }
}

/** The gain that is exceeded with this probability, by bisection. */
function quantileOf(tail: Tail, count: number, probability: number): number {
  if (chanceOfGain(tail, count, 0) <= probability) return 0
  let low = 0
  let high = tail.parts.reduce((a, { sigma }) => Math.max(a, sigma), 0)
  while (chanceOfGain(tail, count, high) > probability) high *= 2
  for (let i = 0; i < 30; i++) {
    const middle = (low + high) / 2
    if (chanceOfGain(tail, count, middle) > probability) low = middle
    else high = middle
  }
  return (low + high) / 2
}

export interface Patience {
  /** The gain that would be worth it, in units of the objective; 0: any. */
  readonly gain: number
  /** How many more trials somebody is ready to run for it. */
  readonly trials: number
  /** Stop when the chance of that is below this. */
  readonly chance: number
}

/** A reason to stop, in plain words; undefined: go on, or too few trials to tell. */
export function reasonToStop(
  trials: readonly Observation[],
  { gain, trials: count, chance }: Patience,
): string | undefined {
  const tail = fitTail(trials.map(({ losses }) => losses[0] as number))
  if (!tail) return undefined
  const found = chanceOfGain(tail, count, gain)
  if (found >= chance) return undefined
  const worth = gain > 0 ? `by more than ${gain}` : 'at all'
  return `the chance that ${count} more trials are better ${worth} is ${(100 * found).toFixed(1)} %, below ${100 * chance} %`
}
