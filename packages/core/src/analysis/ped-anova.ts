/**
 * Importance of each parameter for reaching the best values: PED-ANOVA (Watanabe, Bansal & Hutter 2023, arXiv 2304.10255)
 * with conditional parameters ("Conditional PED-ANOVA", arXiv 2601.20800, theorem 4.2).
 *
 * The best `quantile` of the trials (target) is compared with all (region), parameter by parameter, by the Pearson
 * divergence of two Parzen densities on a grid. A conditional parameter is compared where it is active: α, β are the
 * shares of target and region in which it is, and α²/β weighs the divergence.
 *
 * Differs from the paper: a `normal` parameter has a grid of 50 cells of equal probability, since it has no ends.
 */
import { normalCdf } from '../numerics/normal.js'
import type { Choice, Distribution, Space } from '../space/distribution.js'
import { contains, countValues, stepOf, toUnit } from '../space/unit-cube.js'
import type { Observation } from './observation.js'

const CELLS = 50
const LEAST_IN_REGIME = 2
const PRIOR_WEIGHT = 1
const TINY = 1e-12

/**
 * @param losses one per observation, lower is better.
 * @returns per parameter of the space a number >= 0; only their ratios have a meaning. All 0 for fewer than 2 trials.
 */
export function pedAnova(
  space: Space,
  region: readonly Observation[],
  losses: readonly number[],
  quantile = 0.1,
): ReadonlyMap<string, number> {
  const cutoff = losses.toSorted((a, b) => a - b)[Math.ceil(quantile * losses.length) - 1]
  // equal values are all in or all out
  const target = new Set(region.filter((_, i) => cutoff !== undefined && (losses[i] as number) <= cutoff))
  const share = target.size / Math.max(1, region.length)
  const importances = Object.entries(space).map(([name, parameter]) => {
    const active = region.filter(({ params }) => contains(parameter, params[name]))
    const best = active.filter((observation) => target.has(observation))
    if (active.length < LEAST_IN_REGIME || best.length === 0 || countValues(parameter) < 2) return [name, 0] as const
    const cells = grid(parameter)
    const density = (of: readonly Observation[]) => {
      const counts = new Float64Array(cells.count)
      for (const { params } of of) counts[cells.of(params[name] as Choice)]!++
      return parameter.kind === 'categorical' ? smoothedShares(counts) : parzen(counts)
    }
    const alpha = best.length / target.size
    const beta = active.length / region.length
    return [name, share ** 2 * (alpha ** 2 / beta) * pearson(density(best), density(active))] as const
  })
  return new Map(importances)
}

/** Σ q (p/q − 1)². */
function pearson(p: Float64Array, q: Float64Array): number {
  return q.reduce((sum, qi, i) => sum + (qi + TINY) * ((p[i]! + TINY) / (qi + TINY) - 1) ** 2, 0)
}

interface Grid {
  readonly count: number
  of(value: Choice): number
}

/** Grid points from low to high, ends included, in ln x where the distribution is logarithmic; a value has the nearest. */
function grid(d: Distribution): Grid {
  if (d.kind === 'categorical') return { count: d.choices.length, of: (value) => d.choices.indexOf(value) }
  if (d.kind === 'normal') {
    return { count: CELLS, of: (value) => Math.min(CELLS - 1, Math.floor(toUnit(d, value) * CELLS)) }
  }
  const scale = d.log ? Math.log : (x: number) => x
  const [low, high] = [scale(d.low), scale(d.high)]
  const count = Math.min(CELLS, pointsOf(d))
  const width = (high - low) / (count - 1)
  const of = (value: Choice) => Math.ceil((scale(value as number) - low) / width - 0.5)
  return { count, of: (value) => Math.min(count - 1, Math.max(0, of(value))) }
}

function pointsOf(d: Extract<Distribution, { kind: 'float' | 'int' }>): number {
  // small integers are far apart in ln x: more points than doublings would leave most of them empty
  if (d.kind === 'int' && d.log) return Math.ceil(Math.log2(d.high - d.low + 1)) + 1
  return stepOf(d) === 0 || d.log ? CELLS : Math.round((d.high - d.low) / stepOf(d)) + 1
}

/**
 * One kernel per choice that occurred and one prior, equally spread; each kernel leaves a part to the other choices.
 *
 * counts: one per choice. @returns shares that sum to 1.
 */
function smoothedShares(counts: Float64Array): Float64Array {
  const kernels = counts.filter((n) => n > 0).length + 1
  const total = counts.reduce((sum, n) => sum + n, PRIOR_WEIGHT)
  const rest = PRIOR_WEIGHT / kernels
  const mass = 1 + counts.length * rest
  // counts with their kernel; the prior kernel is uniform
  const spread = ((total - PRIOR_WEIGHT) * rest) / mass + PRIOR_WEIGHT / counts.length
  return counts.map((n) => (n / mass + spread) / total)
}

/**
 * A mixture of normals on the grid points that occurred, truncated to the grid, and one as wide as the grid.
 *
 * Width by Scott's rule, 1.059 min(iqr / 1.34, sd) N^(−1/5) cells, and at least so much that 90 % stay in their cell.
 * counts: one per grid point. @returns masses that sum to 1.
 */
function parzen(counts: Float64Array): Float64Array {
  const n = counts.length
  const total = counts.reduce((sum, c) => sum + c, 0)
  const mean = counts.reduce((sum, c, i) => sum + c * i, 0) / total
  const variance = counts.reduce((sum, c, i) => sum + c * (i - mean) ** 2, 0) / Math.max(1, total - 1)
  const iqr = quartile(counts, Math.floor((total * 3) / 4), true) - quartile(counts, Math.floor(total / 4), false)
  const sigma = Math.max(0.5 / 1.64, 1.059 * Math.min(iqr / 1.34, Math.sqrt(variance)) * total ** -0.2)
  const masses = new Float64Array(n)
  const add = (mu: number, sd: number, weight: number) => {
    const cdf = (x: number) => normalCdf((x - mu) / sd)
    const inside = cdf(n - 0.5) - cdf(-0.5)
    for (let i = 0; i < n; i++) masses[i]! += (weight * (cdf(i + 0.5) - cdf(i - 0.5))) / inside
  }
  counts.forEach((c, i) => {
    if (c > 0) add(i, sigma, c / (total + PRIOR_WEIGHT))
  })
  add((n - 1) / 2, n, PRIOR_WEIGHT / (total + PRIOR_WEIGHT))
  return masses
}

/** The first occupied grid point whose cumulative count reaches `rank` (exceeds it if `above`), else the last occupied. */
function quartile(counts: Float64Array, rank: number, above: boolean): number {
  let sum = 0
  let last = 0
  for (let i = 0; i < counts.length; i++) {
    if (counts[i] === 0) continue
    sum += counts[i]!
    last = i
    if (above ? sum > rank : sum >= rank) return i
  }
  return last
}
