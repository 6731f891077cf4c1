import { lastOf } from '../partial-curve.js'
import type { History, Row } from './history.js'
import { standardize, type Warp } from './warp.js'

/** Complete trials that a pruned one is compared with. */
const NEIGHBOURS = 3

/**
 * Loss k of the first n rows, warped. Pruned trials count as those did in the end that were nearest to them at the step where
 * they were stopped, or as the worst of all, if they were worse than all there or there is nothing to compare with. An infeasible trial counts as no better than the best feasible one, so that an impossible
 * value does not stretch the scale; how far it is from feasible is for the constraints' own models to say.
 */
export function lossTargets(seen: History, k: number, warp: Warp) {
  return (n: number): Float64Array => {
    const raw = Float64Array.from(seen.rows.slice(0, n), (row) => row.losses[k]!)
    let best = Infinity
    let worst = -Infinity
    for (let i = 0; i < n; i++) {
      if (seen.rows[i]!.isFeasible) best = Math.min(best, raw[i]!)
      if (raw[i]! > worst) worst = raw[i]!
    }
    for (let i = 0; i < n; i++) {
      if (Number.isNaN(seen.rows[i]!.losses[k]!)) {
        const expected = k === 0 ? expectedLoss(seen.rows, i, n) : undefined
        raw[i] = expected ?? (worst > -Infinity ? worst : 0)
      } else if (!seen.rows[i]!.isFeasible && best < Infinity) raw[i] = Math.max(best, raw[i]!)
    }
    return warp(raw)
  }
}

/** Of the first n rows the complete ones nearest in loss to pruned row i where that was stopped: their mean loss in the end. */
function expectedLoss(rows: readonly Row[], i: number, n: number): number | undefined {
  const { curve } = rows[i]!
  if (!curve) return undefined
  const { step, loss } = lastOf(curve)
  const others: { readonly there: number; readonly end: number }[] = []
  for (let j = 0; j < n; j++) {
    const there = rows[j]!.curve?.get(step)
    const end = rows[j]!.losses[0]!
    if (there !== undefined && !Number.isNaN(end)) others.push({ there, end })
  }
  if (others.length < NEIGHBOURS || others.every(({ there }) => there < loss)) return undefined
  others.sort((a, b) => Math.abs(a.there - loss) - Math.abs(b.there - loss))
  return others.slice(0, NEIGHBOURS).reduce((sum, { end }) => sum + end, 0) / NEIGHBOURS
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
