import { cholesky, invertFactor, multiplyLower, multiplyLowerTransposed } from '../../numerics/cholesky.js'
import type { Encoding } from './encoding.js'
import { type Fitter, fitter, type Targets } from './fitter.js'
import { warpRow, warpSlope } from './input-warp.js'
import { covariances, type Metric } from './kernel.js'
import { type PriorOptions, prior } from './prior.js'
import { milestone } from './schedule.js'

/**
 * A Gaussian process over features that grows by one observation at a time.
 *
 * Notation: n observations, q pending points after them; X, (n + q) × D; W, its rows warped (`input-warp.ts`); L, S as in cholesky.ts; α = K⁻¹ (y − c), of n.
 * The mean comes from the n observations, the variance from all n + q points: what pending points will say does not
 * matter for it (Desautels, Krause & Burdick 2014, GP-BUCB), and conditioning on their own mean changes no mean.
 */
export interface Surrogate {
  add(f: Float64Array): void
  /** Fits what is due and conditions on all observations. Needs one at least. */
  prepare(): void
  /** Replaces the pending points by these rows of features. */
  pend(rows: readonly Float64Array[]): void
  /**
   * Imagines what the pending points will say, jointly, once for each of these rows of q standard normals; M rows. Given the
   * factor that is cheap: y − c = L (S (y − c), z) for all n + q, so the weights of imagination m differ from α by
   * Sᵀ (0, z_m). @returns for each the least mean at `rows` (numbers of observations) and at the pending points.
   */
  imagine(z: readonly Float64Array[], rows: readonly number[]): Float64Array
  /** Mean and variance (without noise) at f; with `gradient`, also their derivatives by numeric feature in dMean, dVariance. */
  predict(f: Float64Array, fAt: number, gradient: boolean): void
  /** Mean in imagination m at the point last predicted. O(n + q). */
  imaginedMean(m: number): number
  /** After `predict` of the same f: dVariance, and in dMean the derivative of the imagined means, averaged with M weights of sum 1. */
  imaginedGradient(f: Float64Array, fAt: number, weights: Float64Array): void
  /** Mean at observation i, from the residual: y_i − σ² α_i. O(1). */
  meanAt(i: number): number
  readonly mean: number
  readonly variance: number
  readonly dMean: Float64Array
  readonly dVariance: Float64Array
  /** Targets of the observations, and the noise variance in their scale. */
  readonly values: Float64Array
  readonly noise: number
  readonly metric: Metric
  readonly size: number
}

export interface SurrogateOptions extends PriorOptions {
  /** In place of hyperparameters fitted to what the first observations were thought to be when they were all. */
  readonly fit?: Fitter
}

export function surrogate(
  coding: Pick<Encoding, 'dims' | 'numeric' | 'typical'>,
  targets: Targets,
  options: SurrogateOptions = {},
): Surrogate {
  const { dims, numeric } = coding
  const fitted = options.fit ?? fitter(dims, numeric, prior([dims, numeric], coding.typical, options), targets)
  const state = emptyState(dims, numeric)
  let fittedAt = -1
  return {
    add(f) {
      reserve(state, state.n + 1)
      state.X.set(f.subarray(0, dims), state.n * dims)
      // whatever pended there is overwritten
      state.factored = Math.min(state.factored, state.n)
      state.n++
    },
    prepare() {
      const due = milestone(state.n)
      if (due !== fittedAt) setHyperparameters(state, fitted(state.X, due))
      fittedAt = due
      if (state.jitter > 0) state.factored = 0
      state.jitter = 0
      state.pending = 0
      factor(state, state.n)
      state.values = targets(state.n)
      solve(state)
    },
    pend(rows) {
      const { n } = state
      state.pending = rows.length
      reserve(state, n + rows.length)
      for (let q = 0; q < rows.length; q++) state.X.set(rows[q]!, (n + q) * dims)
      state.factored = Math.min(state.factored, n)
      factor(state, n + rows.length)
    },
    imagine: (z, rows) => imagine(state, z, rows),
    predict: (f, fAt, gradient) => predict(state, f, fAt, gradient),
    imaginedMean(m) {
      const beta = state.imagined[m]!
      let mean = state.mean
      for (let i = 0; i < beta.length; i++) mean += state.room.k[i]! * beta[i]!
      return mean
    },
    imaginedGradient(f, fAt, weights) {
      const { alpha, mixed } = state.room
      const N = state.n + state.pending
      mixed.set(alpha.subarray(0, state.n))
      mixed.fill(0, state.n, N)
      for (let m = 0; m < weights.length; m++) {
        const beta = state.imagined[m]!
        for (let i = 0; i < N; i++) mixed[i] = mixed[i]! + weights[m]! * beta[i]!
      }
      differentiate(state, f, fAt, { weights: mixed, count: N })
    },
    meanAt: (i) => state.values[i]! - state.diagonal * state.room.alpha[i]!,
    get mean() {
      return state.mean
    },
    get variance() {
      return state.variance
    },
    dMean: state.dMean,
    dVariance: state.dVariance,
    get values() {
      return state.values
    },
    get noise() {
      return state.noise
    },
    metric: state.metric,
    get size() {
      return state.n
    },
  }
}

type State = ReturnType<typeof emptyState>

function emptyState(dims: number, numeric: number) {
  return {
    metric: { dims, numeric, theta: new Float64Array(dims) },
    X: new Float64Array(0),
    W: new Float64Array(0),
    shape: new Float64Array(2 * numeric).fill(1),
    /** A point asked about, warped. */
    z: new Float64Array(dims),
    room: workspace(0),
    /** Rows the arrays have room for, and how many rows of L and S hold what they should. */
    capacity: 0,
    factored: 0,
    n: 0,
    pending: 0,
    /** For each imagination what it adds to α, of n + q. */
    imagined: [] as Float64Array[],
    s: 1,
    noise: 1e-3,
    /** Added to the noise where the factor would not exist; what α was solved with. */
    jitter: 0,
    diagonal: 0,
    c: 0,
    values: new Float64Array(0) as Float64Array,
    mean: 0,
    variance: 1,
    dMean: new Float64Array(numeric),
    dVariance: new Float64Array(numeric),
  }
}

function workspace(size: number) {
  const row = () => new Float64Array(size)
  const square = () => new Float64Array(size * size)
  return { L: square(), S: square(), k: row(), slope: row(), u: row(), v: row(), w: row(), alpha: row(), mixed: row() }
}

function reserve(state: State, rows: number): void {
  if (rows <= state.capacity) return
  const { dims } = state.metric
  const { alpha } = state.room
  state.capacity = Math.max(32, Math.ceil(rows * 1.5))
  const X = new Float64Array(state.capacity * dims)
  X.set(state.X)
  state.X = X
  state.W = new Float64Array(state.capacity * dims)
  state.room = workspace(state.capacity)
  state.room.alpha.set(alpha)
  state.factored = 0
}

function setHyperparameters(state: State, t: Float64Array): void {
  const { dims, theta } = state.metric
  for (let d = 0; d < dims; d++) theta[d] = Math.exp(t[d]!)
  state.s = Math.exp(t[dims]!)
  state.noise = Math.exp(t[dims + 1]!)
  for (let k = 0; k < state.shape.length; k++) state.shape[k] = Math.exp(t[dims + 2 + k]!)
  state.factored = 0
}

/** Makes rows of L and S hold what they should up to `upTo`; repeated points under a tiny noise may need more of it. */
function factor(state: State, upTo: number): void {
  const { metric, X, W, shape, room, capacity, s, noise } = state
  const { dims } = metric
  for (;;) {
    for (let i = state.factored; i < upTo; i++) {
      warpRow(shape, X, i * dims, W, i * dims, dims)
      covariances(metric, s, W, i, W, i * dims, room.k, room.slope)
      room.L.set(room.k.subarray(0, i), i * capacity)
      room.L[i * capacity + i] = s + noise + state.jitter
    }
    if (cholesky(room.L, upTo, capacity, state.factored)) break
    state.jitter = Math.max(10 * state.jitter, 1e-6 * s)
    state.factored = 0
  }
  invertFactor(room.L, room.S, upTo, capacity, state.factored)
  state.factored = upTo
}

/** The constant mean (as in likelihood.ts) and α. */
function solve(state: State): void {
  const { room, n, capacity, values } = state
  const { S, u, v, w, alpha } = room
  multiplyLower(S, u.fill(1, 0, n), v, n, capacity)
  multiplyLower(S, values, w, n, capacity)
  let oneOne = 1
  let oneY = 0
  for (let i = 0; i < n; i++) {
    oneOne += v[i]! * v[i]!
    oneY += v[i]! * w[i]!
  }
  state.c = oneY / oneOne
  for (let i = 0; i < n; i++) w[i] = w[i]! - state.c * v[i]!
  multiplyLowerTransposed(S, w, alpha, n, capacity)
  state.diagonal = state.noise + state.jitter
}

function predict(state: State, f: Float64Array, fAt: number, gradient: boolean): void {
  const { metric, W, shape, z, room, n, capacity, s } = state
  const { S, k, slope, v, alpha } = room
  const N = n + state.pending
  warpRow(shape, f, fAt, z, 0, metric.dims)
  covariances(metric, s, W, N, z, 0, k, slope)
  multiplyLower(S, k, v, N, capacity)
  let mean = state.c
  for (let i = 0; i < n; i++) mean += k[i]! * alpha[i]!
  let explained = 0
  for (let i = 0; i < N; i++) explained += v[i]! * v[i]!
  state.mean = mean
  state.variance = Math.max(s - explained, 1e-12 * s)
  if (gradient) differentiate(state, f, fAt, { weights: alpha, count: n })
}

function imagine(state: State, z: readonly Float64Array[], rows: readonly number[]): Float64Array {
  const { room, capacity, n, pending, c, diagonal } = state
  const { L, S, u, w, alpha } = room
  const N = n + pending
  // what the observations say of the pending points: L₂₁ S₁₁ (y − c)
  multiplyLower(
    S,
    state.values.map((y) => y - c),
    w,
    n,
    capacity,
  )
  state.imagined = z.map((row) => {
    u.fill(0, 0, n)
    u.set(row, n)
    const beta = new Float64Array(N)
    multiplyLowerTransposed(S, u, beta, N, capacity)
    return beta
  })
  return Float64Array.from(z, (row, m) => {
    const beta = state.imagined[m]!
    let least = Infinity
    for (const i of rows) least = Math.min(least, state.values[i]! - diagonal * (alpha[i]! + beta[i]!))
    for (let p = n; p < N; p++) {
      let y = c
      for (let j = 0; j < n; j++) y += L[p * capacity + j]! * w[j]!
      for (let j = n; j <= p; j++) y += L[p * capacity + j]! * row[j - n]!
      least = Math.min(least, y - diagonal * beta[p]!)
    }
    return least
  })
}

/** dMean, by these weights of the first rows, and dVariance, from what `predict` left in the workspace. */
function differentiate(
  { metric, W, shape, z, room, n, pending, capacity, dMean, dVariance }: State,
  f: Float64Array,
  fAt: number,
  { weights, count }: { readonly weights: Float64Array; readonly count: number },
) {
  const { dims, numeric, theta } = metric
  const { S, slope, v, w } = room
  const N = n + pending
  multiplyLowerTransposed(S, v, w, N, capacity)
  dMean.fill(0)
  dVariance.fill(0)
  for (let i = 0, a = 0; i < N; i++, a += dims) {
    const byMean = i < count ? 2 * slope[i]! * weights[i]! : 0
    const byVariance = -4 * slope[i]! * w[i]!
    for (let d = 0; d < numeric; d++) {
      const delta = z[d]! - W[a + d]!
      dMean[d] = dMean[d]! + byMean * delta
      dVariance[d] = dVariance[d]! + byVariance * delta
    }
  }
  for (let d = 0; d < numeric; d++) {
    const bend = theta[d]! * warpSlope(shape, d, f[fAt + d]!)
    dMean[d] = dMean[d]! * bend
    dVariance[d] = dVariance[d]! * bend
  }
}
