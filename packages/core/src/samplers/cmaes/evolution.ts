import { symmetricEigen } from '../../numerics/eigen.js'
import { positivePart, rates, weightsByLoss } from './weights.js'

/**
 * The search distribution N(m, σ² C) of CMA-ES and its update: Hansen 2016 (arXiv 1604.00772); equation numbers are his.
 *
 * d: dimensions. m, ps, pc: d. C, B: d × d row-major; C = B diag(D²) Bᵀ. A: d, the stretch of the margin
 * (`margin.ts`), 1 for continuous coordinates: a trial is evaluated at m + A (x − m) and told as x.
 */
export interface Evolution {
  readonly d: number
  readonly m: Float64Array
  sigma: number
  readonly C: Float64Array
  readonly B: Float64Array
  readonly D: Float64Array
  readonly A: Float64Array
  readonly ps: Float64Array
  readonly pc: Float64Array
  generations: number
}

export interface Start {
  readonly m: Float64Array
  readonly sigma: number
  /** d × d; the identity if absent. */
  readonly C?: Float64Array
}

export function evolution({ m, sigma, C }: Start): Evolution {
  const d = m.length
  const e: Evolution = {
    d,
    m: m.slice(),
    sigma,
    C: C?.slice() ?? Float64Array.from({ length: d * d }, (_, at) => (Math.floor(at / d) === at % d ? 1 : 0)),
    B: new Float64Array(d * d),
    D: new Float64Array(d),
    A: new Float64Array(d).fill(1),
    ps: new Float64Array(d),
    pc: new Float64Array(d),
    generations: 0,
  }
  factor(e)
  return e
}

/** B, D from C. Eigenvalues that rounding took to zero or below stay a little above. */
function factor({ d, C, B, D }: Evolution): void {
  symmetricEigen(C.slice(), B, D, d)
  const least = 1e-20 * Math.max(...D)
  for (let k = 0; k < d; k++) D[k] = Math.sqrt(Math.max(least, D[k]!))
}

/** x ← m + σ B D z (eq. 38–40); z: d standard normal draws. */
export function place({ d, m, sigma, B, D }: Evolution, z: Float64Array, x: Float64Array): void {
  for (let i = 0; i < d; i++) {
    let y = 0
    for (let k = 0; k < d; k++) y += B[i * d + k]! * D[k]! * z[k]!
    x[i] = m[i]! + sigma * y
  }
}

/** out ← C^(-1/2) y; y starts at `at`. @returns its length. */
function whiten({ d, B, D }: Evolution, y: Float64Array, at: number, out: Float64Array): number {
  out.fill(0)
  let squares = 0
  for (let k = 0; k < d; k++) {
    let dot = 0
    for (let i = 0; i < d; i++) dot += B[i * d + k]! * y[at + i]!
    squares += (dot / D[k]!) ** 2
    for (let i = 0; i < d; i++) out[i] = out[i]! + (B[i * d + k]! * dot) / D[k]!
  }
  return Math.sqrt(squares)
}

/**
 * One generation: n trials at x (n × d), with their losses; `foreign` marks those this distribution did not draw.
 *
 * Differs from the paper: equal losses share their weights; the step of a foreign trial is shortened to
 * √d + 2d/(d + 2) in the Mahalanobis sense (Hansen 2011, "Injecting external solutions into CMA-ES", arXiv 1110.4181,
 * eq. 3–4; his limit on the mean's step is left out); ln σ changes by 1 at most. O(n d² + d³).
 */
export function evolve(e: Evolution, X: Float64Array, losses: Float64Array, foreign: readonly boolean[]): void {
  const { d, m, C, ps, pc } = e
  const n = losses.length
  const { w, muEff, c1, cmu, cs, ds, cc } = rates(d, n)
  const weights = weightsByLoss(losses, w)
  const white = new Float64Array(d)
  const lengths = new Float64Array(n)
  const Y = X.map((x, at) => (x - m[at % d]!) / e.sigma)
  const longest = Math.sqrt(d) + (2 * d) / (d + 2)
  for (let i = 0; i < n; i++) {
    lengths[i] = whiten(e, Y, i * d, white)
    if (!foreign[i] || lengths[i]! <= longest) continue
    for (let j = 0; j < d; j++) Y[i * d + j] = (Y[i * d + j]! * longest) / lengths[i]!
    lengths[i] = longest
  }
  const yw = meanStep(Y, weightsByLoss(losses, positivePart(w)), d)
  for (let j = 0; j < d; j++) m[j] = m[j]! + e.sigma * yw[j]! // eq. 42
  whiten(e, yw, 0, white)
  e.generations++
  let length = 0
  for (let j = 0; j < d; j++) {
    ps[j] = (1 - cs) * ps[j]! + Math.sqrt(cs * (2 - cs) * muEff) * white[j]! // eq. 43
    length += ps[j]! ** 2
  }
  length = Math.sqrt(length)
  const expected = Math.sqrt(d) * (1 - 1 / (4 * d) + 1 / (21 * d * d))
  const unbiased = length / Math.sqrt(1 - (1 - cs) ** (2 * e.generations))
  const hs = unbiased < (1.4 + 2 / (d + 1)) * expected ? 1 : 0
  for (let j = 0; j < d; j++) pc[j] = (1 - cc) * pc[j]! + hs * Math.sqrt(cc * (2 - cc) * muEff) * yw[j]! // eq. 45
  e.sigma *= Math.exp(Math.min(1, (cs / ds) * (length / expected - 1))) // eq. 44
  // eq. 46–47
  let decay = 1 - c1 + (1 - hs) * c1 * cc * (2 - cc)
  for (const weight of weights) decay -= cmu * weight
  for (let at = 0; at < d * d; at++) C[at] = decay * C[at]! + c1 * pc[Math.floor(at / d)]! * pc[at % d]!
  for (let i = 0; i < n; i++) {
    const weight = cmu * (weights[i]! >= 0 ? weights[i]! : (weights[i]! * d) / Math.max(1e-300, lengths[i]! ** 2))
    for (let j = 0; j < d; j++)
      for (let k = 0; k < d; k++) C[j * d + k] = C[j * d + k]! + weight * Y[i * d + j]! * Y[i * d + k]!
  }
  factor(e)
}

/** Σ w y (eq. 41); weights: those of recombination, which sum to 1. */
function meanStep(Y: Float64Array, weights: Float64Array, d: number): Float64Array {
  const yw = new Float64Array(d)
  for (let i = 0; i < weights.length; i++) {
    for (let j = 0; j < d; j++) yw[j] = yw[j]! + weights[i]! * Y[i * d + j]!
  }
  return yw
}

/** Standard deviation of coordinate j, without A. */
export function deviation({ d, sigma, C }: Evolution, j: number): number {
  return sigma * Math.sqrt(Math.max(0, C[j * d + j]!))
}
