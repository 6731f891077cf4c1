import { ParzenError } from '../error.js'
import type { StudyState } from '../journal/state.js'
import { rng } from '../numerics/rng.js'
import { encoding } from '../samplers/gp/encoding.js'
import { closest } from '../space/closest.js'
import type { Choice, Parameter, Params, Space } from '../space/distribution.js'
import { countValues, fromUnit, toUnit } from '../space/unit-cube.js'
import { forestModel } from './forest-model.js'
import { gpModel } from './gp-model.js'
import { observations } from './observation.js'

/** The values a parameter is set to. */
export interface DependenceAxis {
  readonly name: string
  readonly values: readonly Choice[]
  /** Where they lie in [0, 1] by the parameter's own distribution: evenly on a log axis for a log parameter. */
  readonly positions: readonly number[]
}

/** Plain data in columns: `mean` and `sd` have a value for each point of the grid, the last axis running fastest. */
export interface PartialDependence {
  /** What was fitted: `forest` for studies of more than 250 modelled trials or 60 parameters. */
  readonly model: 'gp' | 'forest'
  readonly metric: string
  /** Trials the model was fitted to, and over how many of them each point is an average. */
  readonly trials: number
  readonly averaged: number
  /** One or two. */
  readonly axes: readonly DependenceAxis[]
  /** In units of the objective. */
  readonly mean: readonly number[]
  /** The model's uncertainty, not the spread between trials; in units of the objective. */
  readonly sd: readonly number[]
}

/** Predicts the loss at params; both in units of the objective, lower is better. */
export interface Model {
  readonly trials: number
  /** The mean over `points` of the prediction, and its sd. */
  average(points: readonly Params[]): { readonly mean: number; readonly sd: number }
}

export interface DependenceOptions {
  /** Index of the objective. Default 0. */
  readonly objective?: number
  /** Points a numeric axis has at most. Default 41, for two parameters 21. */
  readonly points?: number
}

const FEWEST = 8
const MOST_FOR_GP = 250
const MOST_PARAMETERS_FOR_GP = 60
/** Predictions, over all points of the grid. */
const MOST_PREDICTIONS = 8000
const MOST_AVERAGED = 100

/**
 * How the objective depends on one or two parameters, the others as in the trials: partial dependence (Friedman 2001)
 * of the model a sampler would fit, with the mean of the model's variances as uncertainty (Moosbauer et al. 2021,
 * "Explaining hyperparameter optimization via partial dependence plots", eq. 4).
 *
 * Averages are over the trials in which all of `names` are active, so that a conditional parameter is described where it
 * exists; children that a changed parent wakes get values drawn from the space. The same journal, the same answer.
 *
 * @returns undefined for fewer than 8 complete trials, where no trial has all of the parameters, and in a space of constants.
 * @throws ParzenError `params/unknown` for a name that is not in the space, `analysis/parameters` unless one or two differ.
 */
export function partialDependence(
  state: Readonly<StudyState>,
  names: readonly string[],
  { objective = 0, points = names.length === 2 ? 21 : 41 }: DependenceOptions = {},
): PartialDependence | undefined {
  const { space = {}, objectives = [], seed = 0 } = state.spec ?? {}
  checkNames(space, names)
  const known = observations(state)
  const goal = objectives[objective]
  const isFixed = Object.values(space).every((parameter) => countValues(parameter) === 1)
  if (known.length < FEWEST || !goal || isFixed) return undefined
  const bases = evenly(
    known.filter(({ params }) => names.every((name) => params[name] !== undefined)),
    Math.min(MOST_AVERAGED, Math.ceil(MOST_PREDICTIONS / points ** names.length)),
  ).map(({ params }) => params)
  if (bases.length === 0) return undefined
  const modelled = state.finished.filter(({ outcome }) => outcome?.state === 'complete' || outcome?.state === 'pruned')
  const isLarge = modelled.length > MOST_FOR_GP || Object.keys(space).length > MOST_PARAMETERS_FOR_GP
  const model = fitted(state, objective, isLarge)
  const axes = names.map((name) => axisOf(name, space[name] as Parameter, points))
  const wake = waker(space, bases, seed)
  const sign = goal.direction === 'maximize' ? -1 : 1
  const grid = product(axes.map(({ values }) => values))
  const found = grid.map((values) =>
    model.average(wake(Object.fromEntries(names.map((name, i) => [name, values[i] as Choice])))),
  )
  return {
    model: isLarge ? 'forest' : 'gp',
    metric: goal.metric,
    trials: model.trials,
    averaged: bases.length,
    axes,
    mean: found.map(({ mean }) => sign * mean + 0),
    sd: found.map(({ sd }) => sd),
  }
}

/** The model that was fitted last to a state: whoever asks of one parameter asks of the next. */
const kept = new WeakMap<object, { readonly key: string; readonly model: Model }>()

function fitted(state: Readonly<StudyState>, objective: number, isLarge: boolean): Model {
  const key = `${state.version} ${objective}`
  const last = kept.get(state)
  if (last?.key === key) return last.model
  const model = isLarge ? forestModel(state, objective) : gpModel(state, objective)
  kept.set(state, { key, model })
  return model
}

function checkNames(space: Space, names: readonly string[]): void {
  for (const name of names) {
    if (space[name]) continue
    const near = closest(name, Object.keys(space))
    throw new ParzenError('params/unknown', `${name}: expected a parameter of the space, got an unknown name`, {
      hint: near ? `did you mean ${near}?` : `it has: ${Object.keys(space).join(', ')}`,
    })
  }
  if (names.length < 1 || names.length > 2 || names[0] === names[1]) {
    throw new ParzenError(
      'analysis/parameters',
      `partial dependence: expected one parameter or two different ones, got ${names.join(', ') || 'none'}`,
    )
  }
}

/** At most `count` of them, spread over the whole. */
function evenly<T>(all: readonly T[], count: number): T[] {
  if (all.length <= count) return [...all]
  return Array.from({ length: count }, (_, k) => all[Math.floor(((k + 0.5) * all.length) / count)] as T)
}

function axisOf(name: string, parameter: Parameter, points: number): DependenceAxis {
  const count = Math.min(points, countValues(parameter))
  // a normal has no ends
  const [low, high] = parameter.kind === 'normal' ? [0.01, 0.99] : [0, 1 - 2 ** -53]
  const isListed = parameter.kind === 'categorical'
  const all = isListed
    ? parameter.choices
    : Array.from({ length: count }, (_, k) =>
        fromUnit(parameter, count === 1 ? 0.5 : low + ((high - low) * k) / (count - 1)),
      )
  const values = [...new Set(all)]
  return { name, values, positions: values.map((value) => toUnit(parameter, value)) }
}

function product(lists: readonly (readonly Choice[])[]): Choice[][] {
  return lists.reduce<Choice[][]>((rows, list) => rows.flatMap((row) => list.map((value) => [...row, value])), [[]])
}

/** Points with some values set: what that wakes is drawn, the same for each base; what it puts to sleep is left out. */
function waker(space: Space, bases: readonly Params[], seed: number): (set: Params) => Params[] {
  const coding = encoding(space)
  const genes = bases.map((params, i) => {
    const uniform = rng(seed, 0xbd, i)
    const u = Float64Array.from({ length: coding.genes }, () => uniform())
    coding.encode(params, u, 0)
    return u
  })
  return (set) =>
    genes.map((of) => {
      const u = of.slice()
      coding.encode(set, u, 0)
      return coding.decode(u, 0)
    })
}
