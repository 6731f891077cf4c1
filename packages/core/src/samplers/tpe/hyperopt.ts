import { isActive } from '../../space/activity.js'
import type { Choice, Distribution } from '../../space/distribution.js'
import type { Coordinate } from '../coordinate.js'
import { onlyValue } from '../coordinate.js'
import { onlyDirection, ranking, type Scored } from '../loss.js'
import { checkOptions, naturalNumber, type OptionRule, oneOf, positive, positiveInteger } from '../options.js'
import { drawParams } from '../random.js'
import type { Rng, SamplerFactory } from '../sampler.js'
import { type Column, history } from './hyperopt-history.js'
import { drawFrom, forgettingWeight, logRatio, type Mixture, parzen } from './hyperopt-parzen.js'

export interface HyperoptTpeOptions {
  readonly compat?: 'hyperopt'
  /** Weight of the prior beside one observation. Default 1. */
  readonly priorWeight?: number
  /** Trials drawn from the prior first; running ones count. Default 20. */
  readonly startupTrials?: number
  /** Draws compared for each parameter. Default 24. */
  readonly candidates?: number
  /** Of N trials the best gamma · √N are good. Default 0.25. */
  readonly gamma?: number
  /** So many of the latest observations keep their full weight; also the most trials that are good. Default 25. */
  readonly linearForgetting?: number
}

const rules: { readonly [option in keyof Required<HyperoptTpeOptions>]: OptionRule } = {
  compat: oneOf('hyperopt'),
  priorWeight: positive,
  startupTrials: naturalNumber,
  candidates: positiveInteger,
  gamma: positive,
  linearForgetting: positiveInteger,
}

/**
 * TPE as Hyperopt 0.3 has it (Bergstra, Bardenet, Bengio & Kégl 2011): each parameter alone, given the branch.
 *
 * The trials are split by loss into few good and the others; of the candidates drawn from the good ones' estimate l the
 * one with the largest l / g wins, parents before children. Running trials count among the others.
 * Differs from Hyperopt: random streams; NaN counts as failed, not as absent; only a complete, feasible trial has a loss;
 * steps keep their full cells at both ends and stay inside the bounds (the range of z is half a step wider, the prior
 * with it); integers are ordered, in full cells, as its `uniformint`; the loss order of equal trials is by number.
 * O(parameters · candidates · trials) a suggestion.
 */
export function hyperoptTpe(options: HyperoptTpeOptions = {}): SamplerFactory {
  checkOptions('tpe (compat hyperopt)', { ...options }, rules)
  const { startupTrials = 20, gamma = 0.25, linearForgetting = 25 } = options
  return ({ space, directions }) => {
    const trials = ranking(onlyDirection('tpe', directions))
    const columns = history(space)
    const entries = Object.entries(space).map(([name, parameter]) => ({ name, parameter, only: onlyValue(parameter) }))
    return {
      observe(finished) {
        trials.add(finished)
        columns.add(finished)
      },
      suggest(running, { rng }) {
        const ranked = trials.with(running)
        if (ranked.length < Math.max(1, startupTrials)) return { params: drawParams(space, rng) }
        const isBelow = markBest(ranked, countGood(ranked.length, gamma, linearForgetting))
        const params: Record<string, Choice> = {}
        for (const { name, parameter, only } of entries) {
          if (!isActive(parameter, params)) continue
          const estimate = { column: columns.column(name, running), isBelow, rng, options }
          params[name] = only ?? propose(parameter, estimate)
        }
        return { params }
      },
    }
  }
}

/** How many of N trials are good. */
export function countGood(N: number, gamma: number, most: number): number {
  return Math.min(Math.ceil(gamma * Math.sqrt(N)), most)
}

/** By trial number: 1 for the `count` first. */
function markBest(ranked: readonly Scored[], count: number): Uint8Array {
  let last = 0
  for (const { number } of ranked) last = Math.max(last, number)
  const marks = new Uint8Array(last + 1)
  for (let i = 0; i < count; i++) marks[(ranked[i] as Scored).number] = 1
  return marks
}

interface Estimate {
  readonly column: Column
  readonly isBelow: Uint8Array
  readonly rng: Rng
  readonly options: HyperoptTpeOptions
}

function propose(d: Distribution, estimate: Estimate): Choice {
  if (d.kind === 'categorical') return proposeChoice(d, estimate)
  return proposeNumber(estimate.column.coordinate as Coordinate, estimate)
}

function proposeNumber(at: Coordinate, { column, isBelow, rng, options }: Estimate): number {
  const { candidates = 24, priorWeight = 1, linearForgetting = 25 } = options
  const prior = { mu0: at.middle, s0: at.width, weight: priorWeight }
  const mixture = (wanted: 0 | 1): Mixture => {
    const { z, weights } = side(column, isBelow, wanted, linearForgetting)
    return parzen(z, weights, prior)
  }
  const l = mixture(1)
  const g = mixture(0)
  let best = 0
  let bestScore = -Infinity
  const tried = new Set<number>()
  for (let i = 0; i < candidates; i++) {
    const x = at.fromZ(drawFrom(l, at, rng))
    if (i === 0) best = x
    if (tried.has(x)) continue
    tried.add(x)
    const score = logRatio(l, g, at, x)
    if (score > bestScore) {
      best = x
      bestScore = score
    }
  }
  return best
}

/** The observations of the good (1) or of the other (0) trials, by value, with the weights of their age. */
function side(
  column: Column,
  isBelow: Uint8Array,
  wanted: 0 | 1,
  keep: number,
): { readonly z: Float64Array; readonly weights: Float64Array } {
  const { byNumber, byValue, z } = column
  let n = 0
  for (const number of byNumber) if (isBelow[number] === wanted) n++
  const weightOf = new Float64Array(n > keep ? isBelow.length : 0)
  if (n > keep) {
    let age = 0
    for (const number of byNumber) if (isBelow[number] === wanted) weightOf[number] = forgettingWeight(age++, n, keep)
  }
  const sorted = new Float64Array(n)
  const weights = new Float64Array(n).fill(1)
  let i = 0
  for (const number of byValue) {
    if (isBelow[number] !== wanted) continue
    sorted[i] = z[number]!
    if (n > keep) weights[i] = weightOf[number]!
    i++
  }
  return { z: sorted, weights }
}

function proposeChoice(
  d: Extract<Distribution, { kind: 'categorical' }>,
  { column, isBelow, rng, options }: Estimate,
): Choice {
  const { candidates = 24 } = options
  const l = choiceProbabilities(d, { column, isBelow, options }, 1)
  const g = choiceProbabilities(d, { column, isBelow, options }, 0)
  let best = 0
  let bestScore = -Infinity
  for (let i = 0; i < candidates; i++) {
    const k = chooseBy(l, rng())
    const score = Math.log(l[k]!) - Math.log(g[k]!)
    if (i === 0 || score > bestScore) {
      best = k
      bestScore = score
    }
  }
  return d.choices[best] as Choice
}

/** Pseudo-counts: of equal choices priorWeight each, of weighted ones K · priorWeight · weight. */
export function choiceProbabilities(
  d: Extract<Distribution, { kind: 'categorical' }>,
  { column, isBelow, options }: Omit<Estimate, 'rng'>,
  wanted: 0 | 1,
): Float64Array {
  const { priorWeight = 1, linearForgetting = 25 } = options
  const K = d.choices.length
  const p = Float64Array.from({ length: K }, (_, k) => (d.weights ? K * (d.weights[k] as number) : 1) * priorWeight)
  let n = 0
  for (const number of column.byNumber) if (isBelow[number] === wanted) n++
  let age = 0
  for (const number of column.byNumber) {
    if (isBelow[number] === wanted) p[column.z[number]!]! += forgettingWeight(age++, n, linearForgetting)
  }
  const total = p.reduce((sum, value) => sum + value, 0)
  return p.map((value) => value / total)
}

function chooseBy(p: Float64Array, u: number): number {
  let rest = u
  let last = 0
  for (let k = 0; k < p.length; k++) {
    if (p[k]! > 0) last = k
    if (rest < p[k]!) return k
    rest -= p[k]!
  }
  return last
}
