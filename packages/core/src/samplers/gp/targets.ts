import type { Targets } from './fitter.js'
import type { History } from './history.js'
import { standardize, type Warp } from './warp.js'

/**
 * Loss k of the first n rows, warped. Hopeless trials count as the worst of all. An infeasible trial counts as no better than the best feasible one, so that an impossible
 * value does not stretch the scale; how far it is from feasible is for the constraints' own models to say.
 */
export function lossTargets(seen: History, k: number, warp: Warp): Targets {
  return (n) => {
    const raw = Float64Array.from(seen.rows.slice(0, n), (row) => row.losses[k]!)
    let best = Infinity
    let worst = -Infinity
    for (let i = 0; i < n; i++) {
      if (seen.rows[i]!.isFeasible) best = Math.min(best, raw[i]!)
      if (raw[i]! > worst) worst = raw[i]!
    }
    for (let i = 0; i < n; i++) {
      if (Number.isNaN(raw[i]!)) raw[i] = worst > -Infinity ? worst : 0
      else if (!seen.rows[i]!.isFeasible && best < Infinity) raw[i] = Math.max(best, raw[i]!)
    }
    return warp(raw)
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
