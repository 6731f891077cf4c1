import { normalDraw } from '../../numerics/rng.js'
import { isActive } from '../../space/activity.js'
import type { Choice, Params, Space } from '../../space/distribution.js'
import { countValues, fromUnit } from '../../space/unit-cube.js'
import { onlyDirection } from '../loss.js'
import { checkOptions, type OptionRule, positive } from '../options.js'
import type { Rng, SamplerFactory } from '../sampler.js'
import { type Axis, axis } from './axis.js'
import { type Category, category, pick } from './categories.js'
import { type Evolution, place } from './evolution.js'
import { type SearchState, searchState } from './search-state.js'

export interface CmaesOptions {
  /** Standard deviation of the first generation, as a share of each range. Default 0.25. */
  readonly sigma?: number
  /** Trials in a generation before the first restart (λ). Default 4 + ⌊3 ln d⌋. */
  readonly populationSize?: number
}

const rules: { readonly [option in keyof Required<CmaesOptions>]: OptionRule } = {
  sigma: positive,
  populationSize: {
    expected: 'a whole number, 4 or more',
    accepts: (value) => Number.isSafeInteger(value) && (value as number) >= 4,
  },
}

/**
 * Active CMA-ES (Hansen 2016, arXiv 1604.00772), for hundreds of trials of mostly numeric parameters. One objective.
 *
 * - Numbers are searched in the coordinate in which the space draws them evenly (`axis.ts`). A coordinate
 *   outside the bounds is moved to them, where good values often lie; repeated draws would keep away.
 * - Integers and steps have a margin (Hamano et al. 2022, `margin.ts`), categories a distribution of their own with a margin
 *   (after CatCMA, Hamano et al. 2024, `categories.ts`).
 * - Conditional spaces: every coordinate is drawn in every trial, inactive ones too, and stays in the update, where
 *   it is as neutral as a parameter without effect. A category learns from the trials in which it was active.
 * - Parallel: a trial belongs to the generation it was asked in. A generation ends with λ results, at least half of
 *   them its own: late trials of earlier generations, and trials that people enqueued, take part as injected solutions
 *   (Hansen 2011, `evolution.ts`). Those from before a restart do not.
 * - Trials without a result (failed, pruned, infeasible) are the worst of their generation and share their weight.
 * - Restarts (IPOP, Auger & Hansen 2005): when the search has ended (`search-state.ts`), λ doubles and a mean
 *   is drawn evenly from the space, from (seed, restart).
 * - Warm start: if λ trials or more with results were finished before the first of its own, it starts around the best
 *   tenth (Nomura et al. 2021, `warm-start.ts`).
 *
 * Genes and generation travel in the memo; the state is folded from the finished trials. O(d²) a suggestion, O(d³)
 * a generation.
 */
export function cmaes(options: CmaesOptions = {}): SamplerFactory {
  checkOptions('cmaes', { ...options }, rules)
  return ({ space, directions, seed }) => {
    const direction = onlyDirection('cmaes', directions)
    const { axes, categories } = parts(space)
    const { sigma = 0.25, populationSize = 4 + Math.floor(3 * Math.log(axes.length + categories.length || 1)) } =
      options
    const state = searchState({ axes, categories, direction, seed, sigma, populationSize })
    return {
      observe(finished) {
        for (const trial of finished) state.observe(trial)
      },
      suggest: (_running, { rng }) => draw({ space, axes, categories, state }, rng),
    }
  }
}

/** What can vary: numbers as axes, choices as categories. */
function parts(space: Space): { axes: readonly Axis[]; categories: readonly Category[] } {
  const varying = Object.entries(space).filter(([, parameter]) => countValues(parameter) > 1)
  const choices = varying.filter(([, { kind }]) => kind === 'categorical')
  return {
    axes: varying.flatMap(([name, d]) => (d.kind === 'categorical' ? [] : [axis(name, d)])),
    categories: varying.flatMap(([name, d]) => (d.kind === 'categorical' ? [category(name, d, choices.length)] : [])),
  }
}

interface Drawing {
  readonly space: Space
  readonly axes: readonly Axis[]
  readonly categories: readonly Category[]
  readonly state: SearchState
}

function draw({ space, axes, categories, state }: Drawing, rng: Rng) {
  const genes = drawGenes(state.evolution, axes, rng)
  const { m, A } = state.evolution
  const values: Record<string, Choice> = {}
  for (const c of categories) values[c.name] = pick(c, rng())
  for (const [j, { name, fromGene }] of axes.entries()) values[name] = fromGene(m[j]! + A[j]! * (genes[j]! - m[j]!))
  const { restart, generation } = state
  return { params: activeOf(space, values), memo: { restart, generation, genes: [...genes] } }
}

function drawGenes(e: Evolution, axes: readonly Axis[], rng: Rng): Float64Array {
  const z = new Float64Array(e.d)
  const x = new Float64Array(e.d)
  for (let k = 0; k < e.d; k++) z[k] = normalDraw(rng)
  place(e, z, x)
  for (const [j, { discrete, low, high }] of axes.entries()) if (!discrete) x[j] = Math.min(high, Math.max(low, x[j]!))
  return x
}

/** The active ones of `values`; those of a single value are not among them. */
function activeOf(space: Space, values: Params): Params {
  const params: Record<string, Choice> = {}
  for (const [name, parameter] of Object.entries(space))
    if (isActive(parameter, params))
      params[name] = values[name] ?? (Object.hasOwn(values, name) ? null : fromUnit(parameter, 0.5))
  return params
}
