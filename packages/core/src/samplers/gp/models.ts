import type { Direction } from '../../journal/event.js'
import type { TrialRecord } from '../../journal/state.js'
import { normalDraw } from '../../numerics/rng.js'
import type { Problem, Rng } from '../sampler.js'
import {
  type Acquisition,
  logExpectedImprovement,
  logExpectedVolume,
  logImaginedImprovement,
  logProbabilityBelow,
  sum,
} from './acquisition.js'
import { type CurveModel, curveModel } from './curve-model.js'
import type { Encoding } from './encoding.js'
import type { Acquisition as AcquisitionName, Forecast } from './forecast.js'
import type { History, Place } from './history.js'
import type { Metric } from './kernel.js'
import { nondominated, upperBounds } from './pareto.js'
import { type Surrogate, surrogate } from './surrogate.js'
import { constraintTargets, failureTargets, lossTargets } from './targets.js'
import { unwarp } from './unwarp.js'
import { halfRank, plain, power } from './warp.js'

/** What the models say for one suggestion. */
export interface Opinion {
  /** What is maximised. */
  readonly acquisition: Acquisition
  /** Genes of the trials worth mutating, best first. */
  readonly parents: readonly Float64Array[]
  /** How far points are apart for the first objective. */
  readonly metric: Metric
  readonly name: AcquisitionName
  /** What is expected at a point, one per objective; none before anything is feasible. */
  forecast(place: Place): Forecast[]
}

/** The trial to suggest for, and what is going on. */
export interface Occasion {
  readonly number: number
  readonly rng: Rng
  readonly running: readonly TrialRecord[]
  /** Where these are. */
  readonly going: readonly Place[]
}

/**
 * Gaussian processes: one an objective and warp, one a constraint, and one for failures once there are any; or one of curves, where
 * that is wanted and there are some.
 *
 * The warps take turns, trial by trial: which one suits is not known, each alone fails on some task, and they cost a suggestion nothing.
 */
export interface Models {
  observe(finished: readonly TrialRecord[]): void
  /** Given the finished trials; undefined: they and the running ones say too little. */
  consult(occasion: Occasion): Opinion | undefined
}

/** Imagined results of the running trials; even. */
const IMAGINATIONS = 16

const WARPS = [power, plain, halfRank]

/** Labels are noisy by nature: a trial may fail by chance. */
const FAILURE_PRIOR = { noise: 0.1 }

export function models(
  seen: History,
  coding: Encoding,
  problem: Problem,
  options: { readonly curves: boolean },
): Models {
  const { directions } = problem
  const objectives = directions.length
  const rotation = WARPS.map((warp) =>
    Array.from({ length: objectives }, (_, k) => surrogate(coding, lossTargets(seen, k, warp))),
  )
  const curves =
    options.curves && objectives === 1 && problem.metrics?.[0] ? curveModel(coding, problem, seen.place) : undefined
  const constraints: Surrogate[] = []
  const failure = surrogate(coding, failureTargets(seen), FAILURE_PRIOR)

  function grow(model: Surrogate, places: readonly Place[], pending: readonly Place[]): Surrogate {
    for (let i = model.size; i < places.length; i++) model.add(places[i]!.f)
    model.prepare()
    model.pend(pending.map(({ f }) => f))
    return model
  }

  /** What stopped trials would have come to is left open. */
  function ofEnds({ number, going }: Occasion): View | undefined {
    if (seen.rows.length < FEWEST_RESULTS) return undefined
    const losses = rotation[number % rotation.length]!
    const pending = [...seen.stopped, ...going]
    for (const model of losses) grow(model, seen.rows, pending)
    return {
      losses,
      pending,
      goals: Array.from(seen.rows.keys()).filter((i) => seen.rows[i]!.isFeasible),
      parents: ranked(seen, losses).slice(0, MOST_PARENTS * objectives),
      inUnits: (k) => lossTargets(seen, k, (y) => y)(seen.rows.length),
    }
  }

  return {
    observe: (finished) => curves?.observe(finished),
    consult(occasion) {
      const view = (curves && seen.constraints === 0 && ofCurves(curves, occasion)) || ofEnds(occasion)
      if (!view) return undefined
      const { losses } = view
      const terms: Acquisition[] = []
      const goals = lossesToBeat(view)
      if (goals.length > 0) terms.push(improvement(view, goals, occasion.rng))
      for (let k = 0; k < seen.constraints; k++) {
        constraints[k] ??= surrogate(coding, constraintTargets(seen, k))
        terms.push(logProbabilityBelow(grow(constraints[k]!, seen.rows, view.pending), 0))
      }
      if (seen.failures > 0) {
        grow(failure, seen.outcomes, view.pending)
        terms.push(logProbabilityBelow(failure, middleOf(failure.values)))
      }
      const forecastBy = (model: Surrogate, k: number, place: Place) => {
        const best = goals.reduce((least, goal) => Math.min(least, goal[k]!), Infinity)
        return turned(forecastOf(model, { losses: view.inUnits(k), best, place }), directions[k]!)
      }
      return {
        acquisition: sum(terms, coding.numeric),
        parents: view.parents,
        metric: losses[0]!.metric,
        name: goals.length === 0 ? 'feasibility' : objectives === 1 ? 'expected improvement' : 'expected volume',
        forecast: (place) => (goals.length === 0 ? [] : losses.map((model, k) => forecastBy(model, k, place))),
      }
    },
  }
}

/** The objectives' models, with what they are asked about. */
interface View {
  readonly losses: readonly Surrogate[]
  readonly pending: readonly Place[]
  /** Observations that are to be beaten. */
  readonly goals: readonly number[]
  readonly parents: readonly Float64Array[]
  /** The observed losses of objective k before the warp. */
  inUnits(k: number): Float64Array
}

const FEWEST_RESULTS = 2
const MOST_PARENTS = 5

/** What is to be beaten are the ends; before there are any, what is expected of those that have begun. */
function ofCurves(curves: CurveModel, { number, running, going }: Occasion): View | undefined {
  const opinion = curves.consult(running, WARPS[number % WARPS.length]!)
  if (!opinion) return undefined
  const { model, points, losses } = opinion
  // of paused trials few go on: they are known by their curves
  const pending = going.filter((_, i) => running[i]!.state !== 'paused')
  model.pend(pending.map(({ f }) => f))
  const ends = Array.from(points.keys()).filter((i) => points[i]!.rung === 0)
  const order = Array.from(points.keys()).sort((a, b) => model.values[a]! - model.values[b]!)
  const best = new Map(order.map((i) => [points[i]!.trial, points[i]!.place.u]))
  return {
    losses: [model],
    pending,
    goals: ends.length > 0 ? ends : Array.from(points.keys()),
    parents: [...best.values()].slice(0, MOST_PARENTS),
    inUnits: () => losses,
  }
}

/** Modelled losses, free of noise, of what is to be beaten and of running trials, which are believed (Kriging believer). */
function lossesToBeat({ losses, goals, pending }: View): Float64Array[] {
  const beaten = goals.map((i) => Float64Array.from(losses, (model) => model.meanAt(i)))
  if (beaten.length === 0) return beaten
  for (const { f } of pending) {
    beaten.push(
      Float64Array.from(losses, (model) => {
        model.predict(f, 0, false)
        return model.mean
      }),
    )
  }
  return beaten
}

function improvement({ losses, pending, goals }: View, beaten: readonly Float64Array[], rng: Rng): Acquisition {
  if (losses.length === 1) {
    const [model] = losses as [Surrogate]
    if (pending.length === 0) return logExpectedImprovement(model, Math.min(...beaten.map(([loss]) => loss!)))
    return logImaginedImprovement(model, model.imagine(imaginations(pending.length, rng), goals))
  }
  const front = nondominated(beaten)
  const reference = Float64Array.from(losses, (_, k) => {
    const along = front.map((point) => point[k]!)
    const worst = Math.max(...along)
    // a tenth beyond the front, so that its ends can be extended; the constant for a front of one point
    return worst + 0.1 * (worst - Math.min(...along)) + 0.01
  })
  return logExpectedVolume(losses, upperBounds(front, reference))
}

/** Standard normals for each running trial, in pairs of opposite sign: so their mean is what is believed. */
function imaginations(pending: number, rng: Rng): Float64Array[] {
  const half = Array.from({ length: IMAGINATIONS / 2 }, () =>
    Float64Array.from({ length: pending }, () => normalDraw(rng)),
  )
  return half.flatMap((z) => [z, z.map((value) => -value)])
}

/** Feasible trials before others; by loss, for several objectives those of the front first and then by their sum. */
function ranked(seen: History, losses: readonly Surrogate[]): Float64Array[] {
  const points = seen.rows.map(({ u, isFeasible }, i) => ({
    u,
    isFeasible,
    loss: Float64Array.from(losses, (model) => model.values[i]!),
    total: losses.reduce((total, model) => total + model.values[i]!, 0),
  }))
  const feasible = points.filter((point) => point.isFeasible).map((point) => point.loss)
  const front = new Set(losses.length > 1 ? nondominated(feasible) : [])
  const rank = (point: (typeof points)[number]) => (front.has(point.loss) ? 0 : point.isFeasible ? 1 : 2)
  return points.sort((a, b) => rank(a) - rank(b) || a.total - b.total).map((point) => point.u)
}

interface Asked {
  /** Losses before the warp. */
  readonly losses: Float64Array
  /** The best in the model's scale. */
  readonly best: number
  readonly place: Place
}

function forecastOf(model: Surrogate, { losses, best, place }: Asked): Forecast {
  const back = unwarp(losses, model.values)
  model.predict(place.f, 0, false)
  const { mean, variance } = model
  const { interval } = back(mean, variance + model.noise)
  return { ...back(mean, variance), interval, best: back(best, 0).mean }
}

/** From losses to the units of the objective. */
function turned({ mean, sd, interval: [low, high], best }: Forecast, direction: Direction): Forecast {
  if (direction === 'minimize') return { mean, sd, interval: [low, high], best }
  return { mean: -mean, sd, interval: [-high, -low], best: -best }
}

/** Half way between the labels of success and failure. */
function middleOf(values: Float64Array): number {
  return (Math.min(...values) + Math.max(...values)) / 2
}
