import type { Dimension } from './dimension.js'
import { FAILED, type History } from './history.js'
import { categoricalEps, logOther, logSame, unboundedLogPrior } from './kernel.js'
import { normalisers } from './normalisers.js'

/** g(x), and how likely a trial at x is to end without a result. */
export interface BadDensity {
  /** Brings the caches up to date with the history, and leaves out `good`. @param rows finished and staged trials. */
  prepare(rows: number, good: Int32Array): void
  /**
   * ln g(x) − 3 ln P(a trial at x does not fail), relative to the prior.
   * @param stride every so many trials are looked at and stand for those between.
   */
  logDensity(x: Float64Array, stride: number): number
}

const PRIOR_WEIGHT = 1
/**
 * To what power P(no failure) counts. With 1, where the best points border on a tenth of the range that fails, 19 % of
 * later trials fail; with 3, about 11 %; and an optimum inside the good region is found as fast.
 */
const FAILURE_POWER = 3
/** Kernels below e^−20 of the prior's are taken as 0. */
const NEGLIGIBLE = -20

/**
 * One broad kernel a trial (`normalisers.ts`), and the prior with the weight of one trial. P(no failure) by the same
 * kernels (Nadaraya 1964), with one successful trial as its prior.
 * O(rows / stride · active dimensions) a point, without allocation.
 */
export function badDensity(dimensions: readonly Dimension[], trials: History): BadDensity {
  const cache = normalisers(dimensions, trials)
  const isConditional = dimensions.map(({ conditions }) => conditions.length > 0)
  let terms = new Float64Array(0)
  let isGood = new Uint8Array(0)
  let rows = 0
  let weight = PRIOR_WEIGHT

  function addDimension(d: number, t: number, stride: number): void {
    const { kind, size, prior } = dimensions[d]!
    const column = trials.columns[d]!
    if (kind === 'categorical') {
      const eps = categoricalEps(size, trials.activeCounts[d]!)
      addCategorical(terms, column, rows, stride, t, logSame(prior[t]!, eps), logOther(eps))
      return
    }
    const c = Math.SQRT1_2 / cache.sigma[d]!
    const shift = kind === 'unbounded' ? unboundedLogPrior(t) : 0
    if (isConditional[d]) addConditional(terms, column, cache.conditional[d]!, rows, stride, t, c, shift)
    else addNumeric(terms, column, rows, stride, t, c, shift)
  }

  return {
    prepare(all, good) {
      cache.update(all)
      if (terms.length < all) {
        terms = new Float64Array(Math.ceil(1.5 * all))
        isGood = new Uint8Array(terms.length)
      }
      rows = all
      isGood.fill(0, 0, all)
      for (const row of good) isGood[row] = 1
      weight = PRIOR_WEIGHT + all - good.length
    },
    logDensity(x, stride) {
      const { base } = cache
      const first = (rows - 1) % stride
      for (let row = first; row < rows; row += stride) terms[row] = base[row]!
      for (let d = 0; d < dimensions.length; d++) {
        if (!Number.isNaN(x[d]!) && dimensions[d]!.size > 1) addDimension(d, x[d]!, stride)
      }
      let bad = 0
      let good = 0
      let failed = 0
      const { endings } = trials
      for (let row = first; row < rows; row += stride) {
        if (terms[row]! < NEGLIGIBLE) continue
        const density = Math.exp(terms[row]!)
        if (isGood[row]) good += density
        else if (endings[row] === FAILED) failed += density
        else bad += density
      }
      const ratio = failed / (PRIOR_WEIGHT / stride + good + bad)
      return Math.log((PRIOR_WEIGHT + stride * (bad + failed)) / weight) + FAILURE_POWER * Math.log1p(ratio)
    },
  }
}

/*
 * terms: by row, added to. column: by row, t of the dimension, NaN where it is not active. stride: as above, from the last
 * row back. t: the point. c: 1 / (√2 sigma). shift: ln of the prior at t where the dimension is unbounded.
 */

function addNumeric(
  terms: Float64Array,
  column: Float64Array,
  rows: number,
  stride: number,
  t: number,
  c: number,
  shift: number,
): void {
  for (let row = (rows - 1) % stride; row < rows; row += stride) {
    const q = (t - column[row]!) * c
    terms[row]! -= q * q + shift
  }
}

/** mass: by row, ln of the kernel's normaliser. */
function addConditional(
  terms: Float64Array,
  column: Float64Array,
  mass: Float64Array,
  rows: number,
  stride: number,
  t: number,
  c: number,
  shift: number,
): void {
  for (let row = (rows - 1) % stride; row < rows; row += stride) {
    const q = (t - column[row]!) * c
    if (!Number.isNaN(q)) terms[row]! -= q * q + mass[row]! + shift
  }
}

function addCategorical(
  terms: Float64Array,
  column: Float64Array,
  rows: number,
  stride: number,
  t: number,
  same: number,
  other: number,
): void {
  for (let row = (rows - 1) % stride; row < rows; row += stride) {
    const choice = column[row]!
    if (choice === t) terms[row]! += same
    else if (!Number.isNaN(choice)) terms[row]! += other
  }
}
