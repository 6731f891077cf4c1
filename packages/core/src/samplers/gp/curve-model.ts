import type { TrialRecord } from '../../journal/state.js'
import { lbfgs } from '../../numerics/lbfgs.js'
import type { Params } from '../../space/distribution.js'
import type { Problem } from '../sampler.js'
import { alignedLosses, type CurvePoint, curvePoints } from './curve-points.js'
import type { Encoding } from './encoding.js'
import type { Place } from './history.js'
import { likelihood } from './likelihood.js'
import { prior } from './prior.js'
import { milestone } from './schedule.js'
import { type Surrogate, surrogate } from './surrogate.js'
import type { Warp } from './warp.js'

/** What the model of curves knows of the ends. */
export interface CurveOpinion {
  /** Of the loss at the end of a training; its observations are `points`. */
  readonly model: Surrogate
  readonly points: readonly CurvePoint[]
  /** What the points' losses would be at an end, before the warp. */
  readonly losses: Float64Array
}

/**
 * A Gaussian process over parameters and progress: what trials were worth after a part of their training is evidence of what one of
 * other parameters will be worth at its end, as much as it has turned out to be.
 *
 * Swersky, Snoek & Adams 2013, "Multi-task Bayesian optimization", with the rungs of a training as tasks and their covariance a Matérn function of
 * progress (`curve-points.ts`), one more feature of the same kernel. So stopped, paused and running trials teach it, each by what it has
 * reported.
 *
 * Pure: what it says depends on the trials it is shown, which may go on between two suggestions. Fitted at milestones of points in the
 * order of their trials; O(n³) for n points each time.
 */
export interface CurveModel {
  observe(finished: readonly TrialRecord[]): void
  /** @returns undefined if no trial was stopped or paused, so that ends say it all, or there are ends enough to do without. */
  consult(running: readonly TrialRecord[], warp: Warp): CurveOpinion | undefined
}

/** Beyond these the ends say more, and a fit takes too long. */
const MOST_POINTS = 160
const MOST_EVALUATIONS = 30

export function curveModel(coding: Encoding, problem: Problem, place: (params: Params) => Place): CurveModel {
  const wide = { ...coding, dims: coding.dims + 1, numeric: coding.numeric + 1, typical: coding.typical + 1 }
  const belief = prior([wide.dims, wide.numeric], wide.typical)
  const posterior = likelihood(wide.dims, wide.numeric, belief)
  const minimize = lbfgs(belief.mean.length)
  const fits = new Map<Warp, { readonly key: string; readonly t: Float64Array }>()
  const finished: TrialRecord[] = []
  let end = problem.maxStep

  function fitted(points: readonly CurvePoint[], rows: readonly Float64Array[], warp: Warp): Float64Array {
    const n = milestone(points.length)
    const y = warp(alignedLosses(points.slice(0, n)))
    const X = new Float64Array(n * wide.dims)
    for (let i = 0; i < n; i++) X.set(rows[i]!, i * wide.dims)
    const key = `${X.join()};${y.join()}`
    const had = fits.get(warp)
    if (had?.key === key) return had.t
    const t = belief.mean.slice()
    const stop = { maxEvaluations: MOST_EVALUATIONS, gradientTolerance: 1e-2, valueTolerance: 1e-5 }
    minimize(posterior.of(X, y, n), t, belief.box, stop)
    fits.set(warp, { key, t })
    return t
  }

  return {
    observe(trials) {
      for (const trial of trials) {
        finished.push(trial)
        if (end === undefined && trial.outcome?.state === 'complete' && trial.reports.length > 0)
          end = Math.max(...trial.reports.map(({ step }) => step))
      }
    },
    consult(running, warp) {
      if (end === undefined || !(end > 0)) return undefined
      const last = end
      const trials = [...finished, ...running].sort((a, b) => a.number - b.number)
      if (!trials.some(({ state }) => state === 'pruned' || state === 'paused')) return undefined
      // by place in the row: a trial of another study may have the number of one here
      const points = trials.flatMap((trial, i) =>
        curvePoints({ ...trial, number: i }, place(trial.params), problem, last),
      )
      if (points.length < 2 || points.length > MOST_POINTS) return undefined
      const losses = alignedLosses(points)
      const rows = points.map((point) => withProgress(point.place.f, point.progress))
      const t = fitted(points, rows, warp)
      const y = warp(losses)
      const model = surrogate(wide, () => y, { fit: () => t })
      for (const row of rows) model.add(row)
      model.prepare()
      return { model: atEnd(model), points, losses }
    },
  }
}

function withProgress(f: Float64Array, progress: number, fAt = 0, dims = f.length): Float64Array {
  const row = new Float64Array(dims + 1)
  row[0] = progress
  row.set(f.subarray(fAt, fAt + dims), 1)
  return row
}

/** The model of the loss at the end of a training, a function of parameters alone. */
function atEnd(model: Surrogate): Surrogate {
  const { dims, numeric, theta } = model.metric
  const row = new Float64Array(dims).fill(1)
  const ended = (f: Float64Array, fAt: number) => {
    row.set(f.subarray(fAt, fAt + dims - 1), 1)
    return row
  }
  return {
    add: (f) => model.add(withProgress(f, 1)),
    prepare: () => model.prepare(),
    pend: (rows) => model.pend(rows.map((f) => withProgress(f, 1))),
    imagine: (z, rows) => model.imagine(z, rows),
    predict: (f, fAt, gradient) => model.predict(ended(f, fAt), 0, gradient),
    imaginedMean: (m) => model.imaginedMean(m),
    imaginedGradient: (f, fAt, weights) => model.imaginedGradient(ended(f, fAt), 0, weights),
    meanAt: (i) => model.meanAt(i),
    get mean() {
      return model.mean
    },
    get variance() {
      return model.variance
    },
    dMean: model.dMean.subarray(1),
    dVariance: model.dVariance.subarray(1),
    get values() {
      return model.values
    },
    get noise() {
      return model.noise
    },
    metric: { dims: dims - 1, numeric: numeric - 1, theta: theta.subarray(1) },
    get size() {
      return model.size
    },
  }
}
