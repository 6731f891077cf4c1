/**
 * What more trials can be expected to bring: the lower tail of the recent losses, extrapolated below the record.
 *
 * The losses of the more recent half of the trials are taken for independent draws of what the sampler now suggests. Those
 * below a threshold follow a generalised Pareto distribution with an end (Pickands 1975, "Statistical inference using
 * extreme order statistics"): a power a of the distance from the end, as of a smooth objective of 2a dimensions near its
 * minimum. Exponent and end are on a grid, weighed by likelihood and prior: ln a normal about ln 2, sd 1; the end evenly
 * distributed close to the record, then evenly in its logarithm. All answers are means over the grid, so that what the
 * data leave open is in the interval. A tail without end is one with an end far away.
 *
 * Notation: e: the exceedances, threshold − loss >= 0. p: the share of losses below the threshold. gap: threshold −
 * record. With S(x) = (1 − x / end)^a, k draws all stay above record − g with probability (1 − p S(gap + g))^k.
 */
import type { Observation } from './observation.js'

const FEWEST = 10
const RECENT = 30
const MOST_IN_TAIL = 200
const ENDS = 24
const EXPONENTS = 20

/** The tails of the grid and their posterior weights, which sum to 1. */
export interface Tail {
  readonly p: number
  readonly gap: number
  readonly parts: readonly { readonly a: number; readonly end: number; readonly weight: number }[]
}

/** @param losses in the order of finishing. @returns undefined for fewer than 10. */
export function fitTail(losses: readonly number[]): Tail | undefined {
  if (losses.length < FEWEST) return undefined
  const recent = losses.slice(-Math.max(RECENT, Math.ceil(losses.length / 2))).sort((a, b) => a - b)
  const tail = Math.min(MOST_IN_TAIL, Math.max(5, Math.ceil(0.5 * recent.length)))
  const threshold = recent[tail] as number
  const e = recent.slice(0, tail).map((loss) => threshold - loss)
  const gap = threshold - losses.reduce((a, b) => Math.min(a, b))
  const largest = e[0] as number
  if (largest === 0) return { p: 0, gap, parts: [] }
  const parts: { a: number; end: number; weight: number }[] = []
  for (let i = 0; i < ENDS; i++) {
    // relative distance of the end from the record, 1e-4 to 100
    const delta = 10 ** (-4 + (6 * i) / (ENDS - 1))
    const end = largest * (1 + delta)
    const logs = e.reduce((sum, x) => sum + Math.log(1 - x / end), 0)
    for (let j = 0; j < EXPONENTS; j++) {
      const a = 0.25 * 160 ** (j / (EXPONENTS - 1))
      const prior = -0.5 * Math.log(a / 2) ** 2 + Math.log(delta / (1 + delta))
      parts.push({ a, end, weight: prior + tail * Math.log(a / end) + (a - 1) * logs })
    }
  }
  const most = parts.reduce((greatest, { weight }) => Math.max(greatest, weight), -Infinity)
  const sum = parts.reduce((total, { weight }) => total + Math.exp(weight - most), 0)
  const weighed = parts.map((part) => ({ ...part, weight: Math.exp(part.weight - most) / sum }))
  return { p: tail / (recent.length + 1), gap, parts: weighed.filter(({ weight }) => weight > 1e-4) }
}

function survival(x: number, a: number, end: number): number {
  return x >= end ? 0 : (1 - x / end) ** a
}

/** The probability that `count` more trials beat the record by more than `gain`. */
export function chanceOfGain({ p, gap, parts }: Tail, count: number, gain: number): number {
  return parts.reduce((sum, { a, end, weight }) => {
    return sum + weight * (1 - (1 - p * survival(gap + gain, a, end)) ** count)
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
  let high = tail.parts.reduce((furthest, { end }) => Math.max(furthest, end), 0)
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
