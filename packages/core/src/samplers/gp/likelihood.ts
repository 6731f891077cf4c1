import { cholesky, invertFactor, invertFromFactor } from '../../numerics/cholesky.js'
import type { Differentiable } from '../../numerics/lbfgs.js'
import { warpByA, warpByB, warpRow } from './input-warp.js'
import { type Metric, squaredDistance } from './kernel.js'
import type { Prior } from './prior.js'

/**
 * The negative log posterior of a Gaussian process's hyperparameters and its gradient (Rasmussen & Williams 2006,
 * eq. 5.8 and 5.9), with the constant mean c profiled out.
 *
 * Notation: t = (ln θ_1 … ln θ_D, ln s, ln σ², ln a, ln b) as in prior.ts; W, the rows of X warped by a and b (`input-warp.ts`); K = s m(r) + σ² I = L Lᵀ; β = y − c; α = K⁻¹ β; M = K⁻¹ − α αᵀ.
 * value = ½ βᵀα + Σ ln L_ii + c² / 2 + ½ Σ precision (t − mean)² ;  ∂/∂t_p = ½ Σ_ij M_ij ∂K_ij/∂t_p + prior.
 * c = 1ᵀK⁻¹y / (1ᵀK⁻¹1 + 1), its mode under N(0, 1): a cluster of good points counts about once, so it doesn't drag
 * the mean of unexplored places with it. At a mode its own derivative is zero, so the gradient needs no term for it.
 */
export interface Likelihood {
  /**
   * f(t) for the n first rows of X and values of y; with `held`, ln a and ln b have that value and t is without them. The
   * function is valid until the next call of `of`.
   */
  of(X: Float64Array, y: Float64Array, n: number, held?: Float64Array): Differentiable
}

export function likelihood(dims: number, numeric: number, prior: Prior): Likelihood {
  const metric: Metric = { dims, numeric, theta: new Float64Array(dims) }
  const shape = new Float64Array(2 * numeric)
  let size = 0
  let room = buffers(0, dims, numeric)
  return {
    of(X, y, n, held) {
      if (n > size) {
        size = Math.max(32, Math.ceil(n * 1.5))
        room = buffers(size, dims, numeric)
      }
      const problem: Problem = { metric, prior, shape, isWarpFree: !held, room, X, y, n, stride: size }
      if (held) warp(problem, held)
      return (t, gradient) => {
        if (!held) warp(problem, t.subarray(dims + 2))
        return evaluate(problem, t, gradient)
      }
    },
  }
}

interface Room {
  /** K, then L. */
  readonly L: Float64Array
  /** s m(r) without the noise, and s dm/dr²; lower triangles. */
  readonly K: Float64Array
  readonly slope: Float64Array
  readonly S: Float64Array
  readonly inverse: Float64Array
  readonly alpha: Float64Array
  readonly ones: Float64Array
  /** Warped rows of X. */
  readonly W: Float64Array
  /** Row i, number d: Σ_j M_ij ∂K_ij/∂r² (w_id − w_jd). */
  readonly pull: Float64Array
}

function buffers(size: number, dims: number, numeric: number): Room {
  const square = () => new Float64Array(size * size)
  return {
    L: square(),
    K: square(),
    slope: square(),
    S: square(),
    inverse: square(),
    alpha: new Float64Array(size),
    ones: new Float64Array(size),
    W: new Float64Array(size * dims),
    pull: new Float64Array(size * numeric),
  }
}

interface Problem {
  readonly metric: Metric
  readonly prior: Prior
  /** a and b. */
  readonly shape: Float64Array
  readonly isWarpFree: boolean
  readonly room: Room
  readonly X: Float64Array
  readonly y: Float64Array
  readonly n: number
  readonly stride: number
}

function warp({ metric, shape, room, X, n }: Problem, logShape: Float64Array): void {
  for (let k = 0; k < shape.length; k++) shape[k] = Math.exp(logShape[k]!)
  for (let i = 0; i < n; i++) warpRow(shape, X, i * metric.dims, room.W, i * metric.dims, metric.dims)
}

function evaluate(problem: Problem, t: Float64Array, gradient: Float64Array): number {
  const { metric, room, n, stride, prior } = problem
  const { dims, theta } = metric
  for (let d = 0; d < dims; d++) theta[d] = Math.exp(t[d]!)
  const noise = Math.exp(t[dims + 1]!)
  fillCovariance(problem, Math.exp(t[dims]!), noise)
  if (!cholesky(room.L, n, stride)) return Infinity
  invertFactor(room.L, room.S, n, stride)
  invertFromFactor(room.S, room.inverse, n, stride)
  let value = solveMean(problem)
  for (let i = 0; i < n; i++) value += Math.log(room.L[i * stride + i]!)
  fillGradient(problem, noise, gradient)
  for (let p = 0; p < t.length; p++) {
    const off = t[p]! - prior.mean[p]!
    value += 0.5 * prior.precision[p]! * off * off
    gradient[p] = gradient[p]! + prior.precision[p]! * off
  }
  return value
}

function fillCovariance({ metric, room, n, stride }: Problem, s: number, noise: number): void {
  const { dims } = metric
  const { L, K, slope, W } = room
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      const r2 = squaredDistance(metric, W, i * dims, W, j * dims)
      const u = Math.sqrt(5 * r2)
      const e = s * Math.exp(-u)
      const at = i * stride + j
      L[at] = K[at] = (1 + u + (5 / 3) * r2) * e
      slope[at] = (-5 / 6) * (1 + u) * e
    }
    K[i * stride + i] = s
    L[i * stride + i] = s + noise
  }
}

/** Leaves α in room.alpha; @returns ½ βᵀα + c² / 2. */
function solveMean({ room, y, n, stride }: Problem): number {
  const { inverse, alpha, ones } = room
  // α = K⁻¹ y and K⁻¹ 1 from the lower triangle
  alpha.fill(0, 0, n)
  ones.fill(0, 0, n)
  for (let i = 0; i < n; i++) {
    let a = 0
    let o = 0
    for (let j = 0; j < i; j++) {
      const k = inverse[i * stride + j]!
      a += k * y[j]!
      o += k
      alpha[j] = alpha[j]! + k * y[i]!
      ones[j] = ones[j]! + k
    }
    const k = inverse[i * stride + i]!
    alpha[i] = alpha[i]! + a + k * y[i]!
    ones[i] = ones[i]! + o + k
  }
  let oneY = 0
  let oneOne = 1
  for (let i = 0; i < n; i++) {
    oneY += alpha[i]!
    oneOne += ones[i]!
  }
  const c = oneY / oneOne
  let fit = 0
  for (let i = 0; i < n; i++) {
    alpha[i] = alpha[i]! - c * ones[i]!
    fit += (y[i]! - c) * alpha[i]!
  }
  return 0.5 * (fit + c * c)
}

function fillGradient(problem: Problem, noise: number, gradient: Float64Array): void {
  const { metric, room, isWarpFree, n, stride } = problem
  const { dims, numeric, theta } = metric
  const { K, slope, inverse, alpha, W, pull } = room
  gradient.fill(0)
  pull.fill(0, 0, n * numeric)
  let bySignal = 0
  let byNoise = 0
  for (let i = 0; i < n; i++) {
    const a = i * dims
    const ai = alpha[i]!
    for (let j = 0; j < i; j++) {
      const at = i * stride + j
      const w = inverse[at]! - ai * alpha[j]!
      bySignal += w * K[at]!
      const ws = w * slope[at]!
      const b = j * dims
      for (let d = 0; d < numeric; d++) {
        const delta = W[a + d]! - W[b + d]!
        const part = ws * delta
        gradient[d] = gradient[d]! + part * delta
        if (isWarpFree) {
          pull[i * numeric + d] = pull[i * numeric + d]! + part
          pull[j * numeric + d] = pull[j * numeric + d]! - part
        }
      }
      for (let d = numeric; d < dims; d++) if (W[a + d] !== W[b + d]) gradient[d] = gradient[d]! + ws
    }
    const w = inverse[i * stride + i]! - ai * ai
    bySignal += 0.5 * w * K[i * stride + i]!
    byNoise += w
  }
  for (let d = 0; d < dims; d++) gradient[d] = gradient[d]! * theta[d]!
  gradient[dims] = bySignal
  gradient[dims + 1] = 0.5 * byNoise * noise
  if (isWarpFree) fillWarpGradient(problem, gradient)
}

/** By ln a and ln b, through the warped rows: r² changes with w_id by 2 θ_d (w_id − w_jd). */
function fillWarpGradient({ metric, shape, room, X, n }: Problem, gradient: Float64Array): void {
  const { dims, numeric, theta } = metric
  for (let d = 0; d < numeric; d++) {
    let byA = 0
    let byB = 0
    for (let i = 0; i < n; i++) {
      const pull = room.pull[i * numeric + d]!
      const x = X[i * dims + d]!
      byA += pull * warpByA(shape, d, x)
      byB += pull * warpByB(shape, d, x)
    }
    gradient[dims + 2 + d] = 2 * theta[d]! * byA
    gradient[dims + 2 + numeric + d] = 2 * theta[d]! * byB
  }
}
