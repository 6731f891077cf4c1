/**
 * Limited-memory BFGS within a box: Nocedal & Wright, "Numerical Optimization" (2006), algorithms 7.4 and 7.5, with the
 * projected search of Bertsekas, "Projected Newton methods" (1982): variables at a bound whose gradient points outward
 * are held in that iteration, the step along the two-loop direction is projected back into the box.
 *
 * Differs from L-BFGS-B: no generalised Cauchy point (the boxes here are simple and the dimensions few), and an
 * Armijo search by quadratic interpolation in place of Moré-Thuente; pairs without positive curvature are left out.
 *
 * Notation: x, g of length n; s = x⁺ − x, y = g⁺ − g, ρ = 1 / sᵀy.
 */

/** Returns f(x) and writes its gradient; a result that is not finite means "not here", and the step is shortened. */
export type Differentiable = (x: Float64Array, gradient: Float64Array) => number

export interface Box {
  readonly lower: Float64Array
  readonly upper: Float64Array
}

export interface Stop {
  /** Calls of f at most. */
  readonly maxEvaluations: number
  /** Ends when no component of the projected gradient is larger. */
  readonly gradientTolerance: number
  /** Ends when a step gains less, relative to max(1, |f|). */
  readonly valueTolerance: number
}

/** Minimises within the box from x, which is overwritten with the best point found. @returns f there. */
export type BoxMinimizer = (f: Differentiable, x: Float64Array, box: Box, stop: Stop) => number

const MEMORY = 8

/** A minimiser for n variables (or fewer: it follows the length of x) with its work space; it does not allocate again. */
export function lbfgs(n: number): BoxMinimizer {
  const work = workspace(n)
  return (f, x, box, stop) => {
    const d = x.length
    for (let i = 0; i < d; i++) x[i] = clamp(x[i]!, box.lower[i]!, box.upper[i]!)
    work.pairs = 0
    let value = f(x, work.g)
    if (!Number.isFinite(value)) return value
    let left = stop.maxEvaluations - 1
    while (left > 0) {
      if (projectedGradient(x, work.g, box, work.free) <= stop.gradientTolerance) break
      if (!direction(work, d) && work.pairs > 0) {
        work.pairs = 0
        direction(work, d)
      }
      const before = value
      const search = lineSearch(work, { f, x, box, value, left })
      left -= search.evaluations
      if (!search.found) {
        if (work.pairs === 0) break
        work.pairs = 0
        continue
      }
      value = search.value
      remember(work, x, d)
      if (before - value <= stop.valueTolerance * Math.max(1, Math.abs(value))) break
    }
    return value
  }
}

interface Workspace {
  readonly g: Float64Array
  readonly gNext: Float64Array
  readonly xNext: Float64Array
  readonly p: Float64Array
  readonly free: Uint8Array
  readonly s: Float64Array[]
  readonly y: Float64Array[]
  readonly rho: Float64Array
  readonly alpha: Float64Array
  /** Pairs remembered so far; the newest is at (pairs - 1) % MEMORY. */
  pairs: number
}

function workspace(n: number): Workspace {
  const row = () => new Float64Array(n)
  return {
    g: row(),
    gNext: row(),
    xNext: row(),
    p: row(),
    free: new Uint8Array(n),
    s: Array.from({ length: MEMORY }, row),
    y: Array.from({ length: MEMORY }, row),
    rho: new Float64Array(MEMORY),
    alpha: new Float64Array(MEMORY),
    pairs: 0,
  }
}

function clamp(x: number, low: number, high: number): number {
  return x < low ? low : x > high ? high : x
}

/** Marks the free variables; @returns the largest component of the gradient among them. */
function projectedGradient(x: Float64Array, g: Float64Array, box: Box, free: Uint8Array): number {
  let largest = 0
  for (let i = 0; i < x.length; i++) {
    const held = (x[i]! <= box.lower[i]! && g[i]! > 0) || (x[i]! >= box.upper[i]! && g[i]! < 0)
    free[i] = held ? 0 : 1
    if (!held) largest = Math.max(largest, Math.abs(g[i]!))
  }
  return largest
}

/** p = −H g over the free variables (two-loop recursion); @returns whether it goes downhill. */
function direction(work: Workspace, d: number): boolean {
  const { g, p, free, s, y, rho, alpha, pairs } = work
  for (let i = 0; i < d; i++) p[i] = free[i] ? -g[i]! : 0
  const oldest = Math.max(0, pairs - MEMORY)
  for (let k = pairs - 1; k >= oldest; k--) {
    const m = k % MEMORY
    const a = rho[m]! * dotFree(s[m]!, p, free, d)
    alpha[m] = a
    for (let i = 0; i < d; i++) if (free[i]) p[i] = p[i]! - a * y[m]![i]!
  }
  if (pairs > 0) {
    const m = (pairs - 1) % MEMORY
    const scale = 1 / (rho[m]! * dotFree(y[m]!, y[m]!, free, d))
    if (scale > 0 && scale < 1e10) for (let i = 0; i < d; i++) p[i] = p[i]! * scale
  }
  for (let k = oldest; k < pairs; k++) {
    const m = k % MEMORY
    const b = alpha[m]! - rho[m]! * dotFree(y[m]!, p, free, d)
    for (let i = 0; i < d; i++) if (free[i]) p[i] = p[i]! + b * s[m]![i]!
  }
  return dotFree(g, p, free, d) < 0
}

function dotFree(a: Float64Array, b: Float64Array, free: Uint8Array, d: number): number {
  let sum = 0
  for (let i = 0; i < d; i++) if (free[i]) sum += a[i]! * b[i]!
  return sum
}

interface Search {
  readonly f: Differentiable
  readonly x: Float64Array
  readonly box: Box
  readonly value: number
  readonly left: number
}

/** Writes the accepted point to xNext and its gradient to gNext. */
function lineSearch(work: Workspace, search: Search): { found: boolean; value: number; evaluations: number } {
  const { g, gNext, xNext, p, pairs } = work
  const { f, x, box, value } = search
  const d = x.length
  const slope = dotFree(g, p, work.free, d)
  if (!(slope < 0)) return { found: false, value, evaluations: 0 }
  let norm = 0
  for (let i = 0; i < d; i++) norm += Math.abs(p[i]!)
  // without curvature yet, a first step no longer than one unit of the coordinates
  let t = pairs === 0 ? Math.min(1, 1 / norm) : 1
  // the minimiser was made for n variables and follows a shorter x
  const point = xNext.length === d ? xNext : xNext.subarray(0, d)
  const gradient = gNext.length === d ? gNext : gNext.subarray(0, d)
  for (let evaluations = 1; evaluations <= Math.min(12, search.left); evaluations++) {
    let gain = 0
    for (let i = 0; i < d; i++) {
      point[i] = clamp(x[i]! + t * p[i]!, box.lower[i]!, box.upper[i]!)
      gain += g[i]! * (point[i]! - x[i]!)
    }
    const next = f(point, gradient)
    if (Number.isFinite(next) && next <= value + 1e-4 * gain && gain < 0)
      return { found: true, value: next, evaluations }
    // minimum of the parabola through f(0), f'(0), f(t), kept within [0.1, 0.5] t
    const bend = next - value - t * slope
    const best = Number.isFinite(next) && bend > 0 ? (-slope * t * t) / (2 * bend) : 0
    t = clamp(best, 0.1 * t, 0.5 * t)
  }
  return { found: false, value, evaluations: Math.min(12, search.left) }
}

/** Moves x and g to the accepted point and keeps the pair if its curvature is positive. */
function remember(work: Workspace, x: Float64Array, d: number): void {
  const m = work.pairs % MEMORY
  const s = work.s[m]!
  const y = work.y[m]!
  let sy = 0
  let yy = 0
  for (let i = 0; i < d; i++) {
    s[i] = work.xNext[i]! - x[i]!
    y[i] = work.gNext[i]! - work.g[i]!
    sy += s[i]! * y[i]!
    yy += y[i]! * y[i]!
    x[i] = work.xNext[i]!
    work.g[i] = work.gNext[i]!
  }
  if (sy > 1e-10 * yy) {
    work.rho[m] = 1 / sy
    work.pairs++
  }
}
