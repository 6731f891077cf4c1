import { type Course, type EndPredictor, endPredictor } from '../../numerics/curve-end.js'
import { lastOf, type PartialCurve } from '../partial-curve.js'
import type { History, Row } from './history.js'
import { standardize, type Warp } from './warp.js'

/**
 * Loss k of the first n rows, warped. Pruned trials count as what their curves are expected to have ended with (`numerics/curve-end.ts`), but never as worse than the
 * worst of all, and as that if there is nothing to tell it by. An infeasible trial counts as no better than the best feasible one, so that an impossible
 * value does not stretch the scale; how far it is from feasible is for the constraints' own models to say.
 */
export function lossTargets(seen: History, k: number, warp: Warp) {
  const expected = expectedEnds()
  return (n: number): Float64Array => {
    const endOf = k === 0 ? expected(seen.rows.slice(0, n)) : () => undefined
    const raw = Float64Array.from(seen.rows.slice(0, n), (row) => row.losses[k]!)
    let best = Infinity
    let worst = -Infinity
    for (let i = 0; i < n; i++) {
      if (seen.rows[i]!.isFeasible) best = Math.min(best, raw[i]!)
      if (raw[i]! > worst) worst = raw[i]!
    }
    for (let i = 0; i < n; i++) {
      if (Number.isNaN(seen.rows[i]!.losses[k]!)) {
        const end = endOf(seen.rows[i]!)
        // what is told from a first step may lie anywhere above, and would stretch the scale
        raw[i] = Math.min(end ?? Infinity, worst > -Infinity ? worst : 0)
      } else if (!seen.rows[i]!.isFeasible && best < Infinity) raw[i] = Math.max(best, raw[i]!)
    }
    return warp(raw)
  }
}

/** What a pruned row is expected to have ended with, by the complete ones among these; fitted once for each step and number of those. */
function expectedEnds(): (rows: readonly Row[]) => (pruned: Row) => number | undefined {
  const courses = new WeakMap<PartialCurve, Course>()
  const courseOf = (curve: PartialCurve) => {
    let course = courses.get(curve)
    if (!course) {
      const steps = [...curve.keys()].sort((a, b) => a - b)
      course = { steps, losses: steps.map((step) => curve.get(step)!) }
      courses.set(curve, course)
    }
    return course
  }
  let ended: Course[] = []
  let predictors = new Map<number, EndPredictor | undefined>()
  return (rows) => {
    const complete = rows.flatMap(({ losses, curve }) => (curve && !Number.isNaN(losses[0]!) ? [curve] : []))
    if (complete.length !== ended.length) {
      ended = complete.map(courseOf)
      predictors = new Map()
    }
    return ({ curve }) => {
      if (!curve) return undefined
      const { step } = lastOf(curve)
      if (!predictors.has(step)) predictors.set(step, endPredictor(ended, step))
      return predictors.get(step)?.(courseOf(curve))?.median
    }
  }
}

/** Constraint k in units of its median size, outliers pulled in by asinh; 0 stays 0, and is what pruned trials count as. */
export function constraintTargets(seen: History, k: number) {
  return (n: number): Float64Array => {
    const c = Float64Array.from(seen.rows.slice(0, n), (row) => row.constraints[k] ?? 0)
    const sizes = c.map(Math.abs).sort()
    const scale = sizes[Math.floor(0.5 * (n - 1))]! || sizes[n - 1]! || 1
    return c.map((x) => Math.asinh(x / scale))
  }
}

/** 0 for a trial that gave a result, 1 for one that failed: least-squares classification (Rasmussen & Williams 2006, 6.5). */
export function failureTargets(seen: History) {
  return (n: number): Float64Array =>
    standardize(Float64Array.from(seen.outcomes.slice(0, n), (o) => (o.failed ? 1 : 0)))
}
