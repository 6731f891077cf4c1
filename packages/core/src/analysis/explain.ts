/**
 * Why a trial may have been suggested, from what was known then: what the sampler's model expected, if it left a note of
 * that in the memo, and for any sampler how far the point lies from those before and how good its neighbours were. The two
 * are compared with points drawn at random from the space, which makes the measures mean the same in any space.
 */
import type { StudyState, TrialRecord } from '../journal/state.js'
import { rng } from '../numerics/rng.js'
import { type Forecast, forecastsOf } from '../samplers/gp/forecast.js'
import { isActive } from '../space/activity.js'
import type { Choice, Params, Space } from '../space/distribution.js'
import { fromUnit } from '../space/unit-cube.js'
import { distance, place } from './distance.js'
import { type Observation, observations } from './observation.js'

const DRAWS = 200
const NEIGHBOURS = 5
/** Below this, distances and ranks say nothing. */
const FEWEST = 5

export interface Neighbour {
  readonly trial: number
  readonly params: Params
  readonly values: readonly number[]
  /** Root mean square over the parameters, each in [0, 1]. */
  readonly distance: number
}

export interface Explanation {
  /** `asked`: by a person; `first`: too few results before it; else by the model's forecast, or by novelty and promise. */
  readonly kind: 'asked' | 'first' | 'exploit' | 'explore' | 'between'
  /** Complete trials known when it was suggested. */
  readonly known: number
  /** Trials that were running then. */
  readonly running: number
  /** The share of random points that lie nearer to a trial known then; 0: very near, 1: farther than any. */
  readonly novelty: number | undefined
  /** The share of random points whose neighbours were worse than this one's. */
  readonly promise: number | undefined
  /** What the model expected, one per objective, in its units; undefined where the memo says nothing. */
  readonly forecasts: readonly Forecast[] | undefined
  /** For `tpe`: ln of the density of good trials over that of the others, at this point. */
  readonly logRatio: number | undefined
  /** Of the trials known then, the nearest first. */
  readonly nearest: readonly Neighbour[]
  /** The best of the first objective then. */
  readonly best: Neighbour | undefined
}

/** @param before the study folded to the version the suggestion was made on (`trial.seen`). O(random points · trials). */
export function explain(before: Readonly<StudyState>, trial: TrialRecord): Explanation {
  const space = before.spec?.space ?? {}
  const known = observations(before)
  const names = Object.keys(space)
  const placed = known.map(({ params }) => place(space, params))
  const distancesTo = (params: Params) => {
    const here = place(space, params)
    return placed.map((there) => distance(names, here, there))
  }
  const distances = distancesTo(trial.params)
  const order = [...known.keys()].sort((a, b) => (distances[a] as number) - (distances[b] as number))
  const neighbour = (i: number): Neighbour => {
    const { trial: number, params, values } = known[i] as Observation
    return { trial: number, params, values, distance: distances[i] as number }
  }
  const best = known.reduce(
    (a, each, i) => ((each.losses[0] as number) < (known[a]?.losses[0] ?? Infinity) ? i : a),
    -1,
  )
  const measures =
    known.length < FEWEST ? undefined : measure(distances, known, randomDistances(space, trial, distancesTo))
  const forecasts = forecastsOf(trial.memo)
  const sign = before.spec?.objectives[0]?.direction === 'maximize' ? -1 : 1
  const byModel = forecasts?.length === 1 && forecasts[0] ? kindByModel(forecasts[0], sign) : undefined
  return {
    kind: trial.queued !== undefined ? 'asked' : (byModel ?? kindOf(measures)),
    known: known.length,
    running: before.running.size,
    novelty: measures?.novelty,
    promise: measures?.promise,
    forecasts,
    logRatio: logRatioOf(trial.memo),
    nearest: order.slice(0, NEIGHBOURS).map(neighbour),
    best: best === -1 ? undefined : neighbour(best),
  }
}

interface Measures {
  readonly novelty: number
  readonly promise: number
}

function measure(
  own: readonly number[],
  known: readonly Observation[],
  others: readonly (readonly number[])[],
): Measures {
  const nearest = Math.min(...own)
  const sorted = known.map(({ losses }) => losses[0] as number).sort((a, b) => a - b)
  const ranks = known.map(({ losses }) => sorted.indexOf(losses[0] as number))
  const quality = qualityOf(own, ranks)
  return {
    novelty: share(others, (distances) => Math.min(...distances) - nearest),
    promise: share(others, (distances) => quality - qualityOf(distances, ranks)),
  }
}

/** The share of draws for which it is below 0; zeros count half. */
function share(draws: readonly (readonly number[])[], of: (distances: readonly number[]) => number): number {
  const signs: number[] = draws.map((distances) => Math.sign(of(distances)))
  return signs.reduce((sum, sign) => sum + (1 - sign) / 2, 0) / draws.length
}

/** The mean rank of the neighbours' losses, nearer ones counting more; lower is better. */
function qualityOf(distances: readonly number[], ranks: readonly number[]): number {
  const order = [...ranks.keys()]
    .sort((a, b) => (distances[a] as number) - (distances[b] as number))
    .slice(0, NEIGHBOURS)
  let [sum, weights] = [0, 0]
  for (const i of order) {
    const weight = 1 / ((distances[i] as number) + 1e-3)
    sum += weight * (ranks[i] as number)
    weights += weight
  }
  return sum / weights
}

/** Distances of points drawn from the space; the same trial, the same points. */
function randomDistances(space: Space, trial: TrialRecord, distancesTo: (params: Params) => number[]): number[][] {
  const uniform = rng(trial.number, 0xe1)
  return Array.from({ length: DRAWS }, () => {
    const params: Record<string, Choice> = {}
    for (const [name, parameter] of Object.entries(space)) {
      if (isActive(parameter, params)) params[name] = fromUnit(parameter, uniform())
    }
    return distancesTo(params)
  })
}

function kindOf(measures: Measures | undefined): Explanation['kind'] {
  if (!measures) return 'first'
  const { novelty, promise } = measures
  if (promise >= 0.8) return novelty <= 0.5 ? 'exploit' : 'between'
  return novelty >= 0.5 || promise < 0.5 ? 'explore' : 'between'
}

/**
 * The mean alone promises a new best: exploit. So far above it that only the uncertainty does, more than one standard
 * deviation: explore.
 */
function kindByModel({ mean, sd, best }: Forecast, sign: number): Explanation['kind'] {
  const above = sign * (mean - best)
  return above <= 0 ? 'exploit' : above > sd ? 'explore' : 'between'
}

function logRatioOf(memo: TrialRecord['memo']): number | undefined {
  const found = typeof memo === 'object' && memo !== null && 'logRatio' in memo ? memo['logRatio'] : undefined
  return typeof found === 'number' ? found : undefined
}
