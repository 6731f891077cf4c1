import type { TrialRecord } from '../../journal/state.js'
import type { Choice, Params } from '../../space/distribution.js'
import { checkOptions, naturalNumber, type OptionRule, oneOf, positive, positiveInteger } from '../options.js'
import type { Rng, Sampler, SamplerFactory } from '../sampler.js'
import { badDensity } from './bad-density.js'
import { type Dimension, dimensionsOf } from './dimension.js'
import { explored } from './explored.js'
import { drawPrior, goodDensity } from './good-density.js'
import { type History, history } from './history.js'
import { type HyperoptTpeOptions, hyperoptTpe } from './hyperopt.js'
import { latinHypercube } from './startup.js'

export interface TpeOptions {
  /** Finished or paused trials before the model is used. Default 10. */
  readonly startupTrials?: number
  /** Draws compared for a suggestion, half as many from 500 trials on. Default 64. */
  readonly candidates?: number
  /** The share of trials that are good; of those that were not stopped, once `startupTrials` are complete. Default 0.1. */
  readonly gamma?: number
  /** The most trials that are good. Default 25. */
  readonly maxGood?: number
}

const rules: { readonly [option in keyof Required<TpeOptions>]: OptionRule } = {
  startupTrials: naturalNumber,
  candidates: positiveInteger,
  gamma: positive,
  maxGood: positiveInteger,
}

/**
 * The tree-structured Parzen estimator; `compat: 'hyperopt'` gives the original's rules instead (`hyperopt.ts`).
 *
 * The best trials make a density l, all others a density g; of the points drawn from l the one with the largest l / g is
 * tried (Bergstra, Bardenet, Bengio & Kégl 2011). The densities are joint, one kernel a trial over all its parameters
 * (Falkner, Klein & Hutter 2018; "multivariate" in Watanabe 2023).
 * Differs from both:
 * - conditional spaces are one model: a kernel covers the parameters its trial had and leaves others to the prior, so
 *   that branches are weighed against each other by densities and a branch's parameters are modelled jointly;
 * - start-up points form a Latin hypercube;
 * - good trials weigh by rank; a third of the suggestions halves the bandwidths of l, to refine; the bandwidths of g follow Scott's rule, so that l / g is smooth;
 * - densities are relative to the prior; steps are points with weights, not slices of a normal;
 * - failed trials belong to g, and the ratio is multiplied by an estimate of P(no failure)³;
 * - running trials belong to g (the constant liar of Ginsbourger, Le Riche & Carraro 2010); paused ones count as pruned where they stand;
 * - a pruned trial ranks by what the complete ones came to that were nearest to it where it was stopped (`history.ts`);
 * - no point of a finite branch is suggested twice while another is left;
 * - infeasible trials come after feasible ones, by the sum of violations; several objectives are ranked by fronts.
 * The memo says ln l / g of the point tried.
 * O((candidates · 128 + 4 · trials) · parameters) a suggestion.
 */
export function tpe(options: TpeOptions | (HyperoptTpeOptions & { readonly compat: 'hyperopt' }) = {}): SamplerFactory {
  if ('compat' in options && options.compat !== undefined) {
    checkOptions('tpe', { compat: options.compat }, { compat: oneOf('hyperopt') })
    return hyperoptTpe(options)
  }
  checkOptions('tpe', { ...options }, rules)
  return (problem) => {
    const { space, seed } = problem
    const dimensions = dimensionsOf(space)
    const trials = history(dimensions, problem)
    return jointTpe(dimensions, trials, {
      startupTrials: 10,
      candidates: 64,
      gamma: 0.1,
      maxGood: 25,
      ...options,
      seed,
    })
  }
}

/** This share of suggestions is made with the bandwidths of l narrowed so much: they refine, the others explore. */
const FINE_SHARE = 1 / 3
const FINE_SCALE = 0.5
/** In long studies all candidates are compared on so many trials, the best few then on all. */
const SCREENED_TRIALS = 128
const FINALISTS = 4
/** From so many trials on half the candidates do: l is narrow by then, and the time goes to where trials are cheap. */
const LONG_STUDY_TRIALS = 500

/** A point, and ln l / g of it. */
interface Candidate {
  readonly x: Float64Array
  readonly logRatio?: number
}

type Settings = Required<TpeOptions> & { readonly seed: number }

function jointTpe(dimensions: readonly Dimension[], trials: History, settings: Settings): Sampler {
  const { startupTrials, candidates, gamma, maxGood, seed } = settings
  const startup = latinHypercube(dimensions, startupTrials, seed)
  const g = badDensity(dimensions, trials)
  const tried = explored(dimensions)
  const encode = (params: Params) =>
    Float64Array.from(dimensions, ({ name, encode: toT }) =>
      params[name] === undefined ? Number.NaN : toT(params[name] as Choice),
    )

  /** Writes up to `wanted` untried points: draws, then random points, then whatever is left. */
  function* untried(draw: (x: Float64Array) => void, wanted: number, rng: Rng): Generator<Float64Array> {
    const x = new Float64Array(dimensions.length)
    let found = 0
    for (let attempt = 0; attempt < 6 * wanted && found < wanted; attempt++) {
      if (attempt < 4 * wanted) draw(x)
      else drawPrior(dimensions, x, rng)
      if (tried.has(x)) continue
      found++
      yield x
    }
    for (; found < wanted && tried.unseen(x, rng); found++) yield x
    if (found > 0) return
    drawPrior(dimensions, x, rng)
    yield x
  }

  function startupPoint(number: number, rng: Rng): Float64Array {
    const [x] = untried((point) => startup(point, number, rng), 1, rng)
    return x as Float64Array
  }

  function bestCandidate(running: readonly TrialRecord[], rng: Rng): Candidate {
    const good = trials.best(Math.min(maxGood, Math.ceil(gamma * trials.comparedCount(startupTrials))))
    const rows = trials.stage(running)
    const l = goodDensity(dimensions, trials.columns, good, rng() < FINE_SHARE ? FINE_SCALE : 1)
    g.prepare(rows, good)
    const draws: Float64Array[] = []
    const wanted = trials.count < LONG_STUDY_TRIALS ? candidates : Math.ceil(candidates / 2)
    for (const x of untried((point) => l.draw(point, rng), wanted, rng)) draws.push(x.slice())
    const logL = draws.map((x) => l.logDensity(x))
    const stride = Math.ceil(rows / SCREENED_TRIALS)
    const screened = g.logDensities(draws, stride)
    const order = [...draws.keys()].sort((i, j) => logL[j]! - screened[j]! - (logL[i]! - screened[i]!) || i - j)
    const [top] = order as [number]
    if (stride === 1) return { x: draws[top]!, logRatio: logL[top]! - screened[top]! }
    const finalists = order.slice(0, FINALISTS)
    const logG = g.logDensities(
      finalists.map((i) => draws[i]!),
      1,
    )
    const ratios = finalists.map((i, f) => logL[i]! - logG[f]!)
    const logRatio = Math.max(...ratios)
    return { x: draws[finalists[ratios.indexOf(logRatio)]!]!, logRatio }
  }

  return {
    observe(finished) {
      trials.add(finished)
      for (const { params } of finished) tried.add(encode(params))
    },
    suggest(running, { number, rng }) {
      const forget = [tried.mark(), trials.hold(running.filter(({ state }) => state === 'paused'))]
      for (const { params } of running) tried.add(encode(params))
      const isStartingUp = trials.count < Math.max(1, startupTrials)
      const active = running.filter(({ state }) => state !== 'paused')
      const chosen: Candidate = isStartingUp ? { x: startupPoint(number, rng) } : bestCandidate(active, rng)
      for (const each of forget) each()
      const params = decode(dimensions, chosen.x)
      if (chosen.logRatio === undefined) return { params }
      return { params, memo: { logRatio: Number(chosen.logRatio.toPrecision(6)) } }
    },
  }
}

function decode(dimensions: readonly Dimension[], x: Float64Array): Params {
  const params: Record<string, Choice> = {}
  dimensions.forEach((dimension, d) => {
    if (!Number.isNaN(x[d]!)) params[dimension.name] = dimension.decode(x[d]!)
  })
  return params
}
