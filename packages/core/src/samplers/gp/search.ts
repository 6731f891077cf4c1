import { type BoxMinimizer, lbfgs } from '../../numerics/lbfgs.js'
import { normalDraw } from '../../numerics/rng.js'
import type { Rng } from '../sampler.js'
import type { Acquisition } from './acquisition.js'
import type { Held } from './branches.js'
import type { Encoding } from './encoding.js'
import { type Metric, squaredDistance } from './kernel.js'

/** Largest gene, so that it stays in [0, 1). */
const TOP = 1 - 2 ** -53
/** Parameters with at most this many values are swept value by value; others move along the gradient first. */
const FEW = 12

export interface Effort {
  /** Draws from the space, mutations of the best trials, and starts of the local search. */
  readonly draws: number
  readonly mutants: number
  readonly starts: number
}

export interface Task {
  readonly acquisition: Acquisition
  /** Says when two starts are in the same place. */
  readonly metric: Metric
  /** Genes of the best trials so far, best first, one row of P each. */
  readonly parents: readonly Float64Array[]
  /** Whether these features were tried already. */
  readonly isKnown: (f: Float64Array, fAt: number) => boolean
  readonly rng: Rng
  /** Genes that must stay where they are: the search is confined to a branch. */
  readonly held: readonly Held[]
}

/** Maximises an acquisition over the whole space; @returns the genes of the best point that is not known, if there is one. */
export type Search = (task: Task) => Float64Array

/**
 * Global then local: draws from the space and mutations of the best trials are scored; from the best of them that lie
 * apart, gradient ascent on numbers alternates with coordinate sweeps over categories and small ranges (as in
 * Optuna's GPSampler), where a change of a parent wakes the genes of its children.
 */
export function search(coding: Encoding, effort: Effort): Search {
  const { genes, dims } = coding
  const size = effort.draws + effort.mutants
  const pool: Pool = {
    U: new Float64Array(size * genes),
    F: new Float64Array(size * dims),
    score: new Float64Array(size),
    active: new Uint8Array(genes),
  }
  const climb = climber(coding)
  return (task) => {
    const { acquisition, metric, isKnown, held } = task
    fillPool(coding, effort, pool, task)
    for (let i = 0; i < size; i++) pool.score[i] = acquisition.evaluate(pool.F, i * dims)
    const order = Array.from(pool.score.keys()).sort((a, b) => pool.score[b]! - pool.score[a]!)
    const best = { genes: new Float64Array(genes), score: -Infinity, isNew: false }
    const offer = (u: Float64Array, f: Float64Array, fAt: number, score: number) => {
      const isNew = !isKnown(f, fAt)
      if (isNew === best.isNew ? score <= best.score : best.isNew) return
      best.genes.set(u)
      best.score = score
      best.isNew = isNew
    }
    climb.hold(held)
    for (const i of apart(pool, metric, order, effort.starts)) {
      const top = climb.from(pool.U.subarray(i * genes, (i + 1) * genes), pool.F, i * dims, pool.score[i]!, acquisition)
      offer(top.u, top.f, 0, top.score)
    }
    // every summit was tried before: the best candidate that was not
    for (const i of order) {
      if (best.isNew) break
      offer(pool.U.subarray(i * genes, (i + 1) * genes), pool.F, i * dims, pool.score[i]!)
    }
    return best.genes
  }
}

/** The first candidates in order of score that don't lie in the same place. */
function apart(pool: Pool, metric: Metric, order: readonly number[], count: number): number[] {
  const { dims } = metric
  const chosen: number[] = []
  for (const i of order) {
    if (chosen.length === count) break
    if (chosen.every((j) => squaredDistance(metric, pool.F, i * dims, pool.F, j * dims) > 0.1)) chosen.push(i)
  }
  return chosen
}

interface Pool {
  readonly U: Float64Array
  readonly F: Float64Array
  readonly score: Float64Array
  readonly active: Uint8Array
}

/** Genes are drawn first, all of them; mutants keep most of a good trial's active ones. */
function fillPool(coding: Encoding, effort: Effort, pool: Pool, { parents, rng, held }: Task): void {
  const { genes, dims } = coding
  const { U, F, active } = pool
  for (let i = 0; i < U.length; i++) U[i] = rng()
  const family = parents.length
  for (let m = 0; m < effort.mutants && family > 0; m++) {
    const at = (effort.draws + m) * genes
    mutate(coding, parents[m % family]!, U.subarray(at, at + genes), MUTATION_SDS[Math.floor(m / family) % 3]!, rng)
  }
  for (let i = 0; i < pool.score.length; i++) for (const { gene, u } of held) U[i * genes + gene] = u
  for (let i = 0; i < pool.score.length; i++) coding.embed(U, i * genes, F, i * dims, active)
}

const MUTATION_SDS = [0.2, 0.05, 0.01]

/** `to` holds fresh draws: NaN genes of the parent (inactive ones) keep them. */
function mutate(coding: Encoding, parent: Float64Array, to: Float64Array, sd: number, rng: Rng): void {
  let on = 0
  for (const u of parent) if (!Number.isNaN(u)) on++
  const rate = Math.max(0.25, 1.5 / Math.max(1, on))
  for (let p = 0; p < to.length; p++) {
    const u = parent[p]!
    if (Number.isNaN(u)) continue
    const isCategorical = coding.parameters[p]!.kind === 'categorical'
    const chosen = rng() < (isCategorical ? 0.4 * rate : rate)
    if (!chosen) to[p] = u
    else if (!isCategorical) to[p] = Math.min(TOP, Math.max(0, u + sd * normalDraw(rng)))
  }
}

interface Climbed {
  readonly u: Float64Array
  readonly f: Float64Array
  score: number
}

/** Local ascent from one candidate; the result lives in the climber's own work space until the next call. */
function climber(coding: Encoding) {
  const { genes, dims, numeric } = coding
  const state: Ascent = {
    coding,
    u: new Float64Array(genes),
    f: new Float64Array(dims),
    tryU: new Float64Array(genes),
    tryF: new Float64Array(dims),
    active: new Uint8Array(genes),
    fixed: new Uint8Array(genes),
    gradient: new Float64Array(numeric),
    moving: [],
    minimize: lbfgs(Math.max(1, genes)),
    score: 0,
  }
  const hold = (held: readonly Held[]) => {
    state.fixed.fill(0)
    for (const { gene } of held) state.fixed[gene] = 1
  }
  const from = (u: Float64Array, F: Float64Array, fAt: number, score: number, acquisition: Acquisition): Climbed => {
    state.u.set(u)
    state.f.set(F.subarray(fAt, fAt + dims))
    state.score = score
    for (let round = 0; round < 4; round++) {
      const before = state.score
      ascend(state, acquisition)
      const swept = sweep(state, acquisition)
      if (!swept || state.score - before < 1e-3) break
    }
    return state
  }
  return { hold, from }
}

interface Ascent extends Climbed {
  readonly coding: Encoding
  readonly tryU: Float64Array
  readonly tryF: Float64Array
  readonly active: Uint8Array
  readonly fixed: Uint8Array
  readonly gradient: Float64Array
  /** Active genes that move along the gradient. */
  readonly moving: number[]
  readonly minimize: BoxMinimizer
}

/** Gradient ascent on the active numbers, then back to values that exist; kept if it is better. */
function ascend(state: Ascent, acquisition: Acquisition): void {
  const { coding, u, f, tryU, tryF, active, gradient, moving } = state
  coding.embed(u, 0, tryF, 0, active)
  moving.length = 0
  for (let p = 0; p < coding.genes; p++) {
    const isNumber = coding.dimOf[p]! >= 0 && coding.dimOf[p]! < coding.numeric
    if (active[p] && isNumber && !state.fixed[p] && coding.counts[p]! > FEW) moving.push(p)
  }
  if (moving.length === 0) return
  const x = Float64Array.from(moving, (p) => tryF[coding.dimOf[p]!]!)
  const box = { lower: new Float64Array(x.length), upper: new Float64Array(x.length).fill(TOP) }
  const descend = (z: Float64Array, g: Float64Array) => {
    for (let k = 0; k < z.length; k++) tryF[coding.dimOf[moving[k]!]!] = z[k]!
    const value = acquisition.evaluate(tryF, 0, gradient)
    for (let k = 0; k < z.length; k++) g[k] = -gradient[coding.dimOf[moving[k]!]!]!
    return -value
  }
  state.minimize(descend, x, box, { maxEvaluations: 30, gradientTolerance: 1e-3, valueTolerance: 1e-4 })
  tryU.set(u)
  for (let k = 0; k < x.length; k++) tryU[moving[k]!] = x[k]!
  consider(state, acquisition)
  tryF.set(f)
}

/** Takes tryU if it scores better. */
function consider(state: Ascent, acquisition: Acquisition): boolean {
  const { coding, u, f, tryU, tryF, active } = state
  coding.embed(tryU, 0, tryF, 0, active)
  const score = acquisition.evaluate(tryF, 0)
  if (!(score > state.score)) return false
  state.score = score
  u.set(tryU)
  f.set(tryF)
  return true
}

/** One pass over the active discrete parameters: every other value if few, neighbours if many. @returns whether any moved. */
function sweep(state: Ascent, acquisition: Acquisition): boolean {
  const { coding, u, tryU, tryF, active } = state
  let moved = false
  for (let p = 0; p < coding.genes; p++) {
    const count = coding.counts[p]!
    if (coding.dimOf[p]! < 0 || count === Infinity || state.fixed[p]) continue
    coding.embed(u, 0, tryF, 0, active)
    if (!active[p]) continue
    const k = coding.indexOf(p, u[p]!)
    const all = coding.parameters[p]!.kind === 'categorical' || count <= FEW
    const low = all ? 0 : Math.max(0, k - 2)
    const high = all ? count - 1 : Math.min(count - 1, k + 2)
    for (let j = low; j <= high; j++) {
      if (j === k) continue
      tryU.set(u)
      tryU[p] = coding.unitOf(p, j)
      if (consider(state, acquisition)) moved = true
    }
  }
  return moved
}
