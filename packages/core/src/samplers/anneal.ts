import { normalDraw } from '../numerics/rng.js'
import { isActive } from '../space/activity.js'
import type { Choice, Distribution, Parameter, Params } from '../space/distribution.js'
import { chooseIndex, countValues, fromUnit } from '../space/unit-cube.js'
import { type Coordinate, coordinate, type Numeric } from './coordinate.js'
import { onlyDirection, ranking, type Scored } from './loss.js'
import { checkOptions, type OptionRule, positive } from './options.js'
import type { Rng, SamplerFactory } from './sampler.js'

export interface AnnealOptions {
  /** Mean rank, from 1, of the trial to start from. Default 2. */
  readonly averageBestRank?: number
  /** How fast the neighbourhood shrinks: after T trials it is 1 / (1 + shrink · T) of the prior. Default 0.1. */
  readonly shrink?: number
}

const rules: { readonly [option in keyof Required<AnnealOptions>]: OptionRule } = {
  averageBestRank: {
    expected: 'a number, 1 or more',
    accepts: (value) => typeof value === 'number' && value >= 1 && value < Infinity,
  },
  shrink: positive,
}

/**
 * Draws near one of the best trials, from a neighbourhood that shrinks as results come in: Hyperopt's `anneal`
 * (Bergstra, Yamins & Cox 2013), its refinement of one base trial for all parameters included. No paper of its own.
 *
 * A parameter starts from the base trial already chosen in this suggestion if that has it, else from a new one; without
 * any trial that has it, it is drawn from the prior. T counts the trials that have the parameter, running ones too.
 * Differs from Hyperopt: steps keep their full cells at both ends and stay inside the bounds; integers are ordered;
 * trials without a result (pruned, infeasible, running, NaN) rank last, by number.
 * O(parameters · trials) a suggestion.
 */
export function anneal(options: AnnealOptions = {}): SamplerFactory {
  checkOptions('anneal', { ...options }, rules)
  const { averageBestRank = 2, shrink = 0.1 } = options
  return ({ space, directions }) => {
    const trials = ranking(onlyDirection('anneal', directions))
    const entries = Object.entries(space).map(([name, parameter]) => ({ name, parameter, near: neighbour(parameter) }))
    return {
      observe: (finished) => trials.add(finished),
      suggest(running, { rng }) {
        const ranked = trials.with(running)
        const params: Record<string, Choice> = {}
        const bases: Params[] = []
        for (const { name, parameter, near } of entries) {
          if (!isActive(parameter, params)) continue
          const having = ranked.filter((trial) => trial.params[name] !== undefined)
          const shared = bases.find((base) => base[name] !== undefined)
          const base = shared ?? (having.length > 0 ? pickBase(having, averageBestRank, rng) : undefined)
          if (base && base !== shared) bases.push(base)
          const value = base?.[name]
          params[name] =
            value === undefined ? fromUnit(parameter, rng()) : near(value, 1 / (1 + shrink * having.length), rng)
        }
        return { params }
      },
    }
  }
}

/** The trial of a rank drawn from the geometric distribution of mean `meanRank`. */
function pickBase(having: readonly Scored[], meanRank: number, rng: Rng): Params {
  const rank = meanRank === 1 ? 0 : Math.floor(Math.log(1 - rng()) / Math.log(1 - 1 / meanRank))
  return (having[Math.min(rank, having.length - 1)] as Scored).params
}

/** Draws near a value; `radius` is the share of the prior, from 1 down to 0. */
type Neighbour = (value: Choice, radius: number, rng: Rng) => Choice

function neighbour(d: Parameter): Neighbour {
  if (countValues(d) === 1) return (value) => value
  if (d.kind === 'categorical') return (value, radius, rng) => (rng() < radius ? fromPrior(d, rng) : value)
  return numericNeighbour(d, coordinate(d))
}

function fromPrior(d: Extract<Distribution, { kind: 'categorical' }>, rng: Rng): Choice {
  return d.choices[chooseIndex(d, rng())] as Choice
}

function numericNeighbour(d: Numeric, { low, high, width, toZ, fromZ }: Coordinate): Neighbour {
  if (d.kind === 'normal') return (value, radius, rng) => fromZ(toZ(value) + width * radius * normalDraw(rng))
  return (value, radius, rng) => {
    const half = (width * radius) / 2
    // the neighbourhood is moved inside the range, not cut
    const middle = Math.min(high - half, Math.max(low + half, toZ(value)))
    return fromZ(middle + half * (2 * rng() - 1))
  }
}
