import type { Choice, Distribution } from '../../space/distribution.js'

/**
 * A categorical parameter as a distribution over its choices: CatCMA (Hamano, Saito, Nomura, Uchida & Shirakawa 2024, GECCO,
 * arXiv 2405.09962), simplified.
 *
 * q: probability of each choice; starts at the weights of the space. One weighted step towards the choices of the good
 * trials (PBIL, Baluja 1994; the natural gradient of a categorical distribution) at a fixed rate instead of the paper's
 * adaptive one, and its margin: each choice keeps `least`, or its weight in the space if that is lower.
 */
export interface Category {
  readonly name: string
  readonly choices: readonly Choice[]
  readonly prior: Float64Array
  readonly q: Float64Array
  readonly least: Float64Array
}

/** @param among number of categorical parameters. */
export function category(name: string, d: Extract<Distribution, { kind: 'categorical' }>, among: number): Category {
  const prior = Float64Array.from(d.choices, (_, k) => d.weights?.[k] ?? 1 / d.choices.length)
  const possible = prior.filter((p) => p > 0).length
  // the paper's margin: with 0.73 no parameter leaves the mode in a draw
  const least = (1 - 0.73 ** (1 / among)) / Math.max(1, possible - 1)
  return { name, choices: d.choices, prior, q: prior.slice(), least: prior.map((p) => Math.min(least, p / 2)) }
}

/** Draws a choice. */
export function pick({ choices, q }: Category, u: number): Choice {
  let sum = 0
  let last = 0
  for (let k = 0; k < q.length; k++) {
    if (q[k]! > 0) last = k
    sum += q[k]!
    if (u < sum) return choices[k] as Choice
  }
  return choices[last] as Choice
}

/**
 * q ← q + rate Σ w (1[choice] − q). Trials without the parameter move nothing.
 * @param values the choice of each trial, undefined if the parameter was inactive. weights: sum to 1 at most, none negative.
 */
export function learn(c: Category, values: readonly (Choice | undefined)[], weights: Float64Array, rate: number): void {
  const { q, prior, choices, least } = c
  const old = q.slice()
  for (const [i, value] of values.entries()) {
    const chosen = value === undefined ? -1 : choices.indexOf(value)
    // people may ask for what the space gives no weight
    if (chosen < 0 || prior[chosen] === 0) continue
    for (let k = 0; k < q.length; k++) q[k] = q[k]! + rate * weights[i]! * ((k === chosen ? 1 : 0) - old[k]!)
  }
  let sum = 0
  let over = 0
  for (let k = 0; k < q.length; k++) {
    q[k] = Math.max(least[k]!, q[k]!)
    sum += q[k]!
    over += q[k]! - least[k]!
  }
  // what the margin gave is taken from what stands above it
  for (let k = 0; k < q.length; k++) q[k] = q[k]! - ((q[k]! - least[k]!) / over) * (sum - 1)
}
