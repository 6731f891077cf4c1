import type { Dimension } from './dimension.js'
import { FAILED, type History } from './history.js'
import { categoricalEps, logMass, logOther, logSame, unboundedLogPrior } from './kernel.js'

/** g(x), and how likely a trial at x is to end without a result. */
export interface BadDensity {
  /** Brings the cache up to date with the history, and leaves out `good`. @param rows finished and staged trials. */
  prepare(rows: number, good: Int32Array): void
  /** ln g(x) − ln P(a trial at x does not fail), relative to the prior. */
  logDensity(x: Float64Array): number
}

/** Bandwidths change when the number of trials has grown by a tenth, so that normalisers can be kept. */
const LEVELS_PER_E = 10
const PRIOR_WEIGHT = 1
/** The share of a standard deviation of the uniform distribution, at one trial. */
const BANDWIDTH = 0.6 * Math.sqrt(1 / 12)

/**
 * One broad kernel a trial, all of a dimension with the same bandwidth sigma = 0.6 sd n^(−1/(D+4)) (Scott 1992), and
 * the prior with the weight of one trial. P(no failure) by the same kernels (Nadaraya 1964), its prior 1.
 *
 * Notation: rows 0 … n−1 finished, then running ones; base: minus the ln of each row's normalisers, over the
 * unconditional dimensions; partial[d]: the same of one conditional dimension.
 * O(n · active dimensions) a point, without allocation.
 */
export function badDensity(dimensions: readonly Dimension[], trials: History): BadDensity {
  const D = dimensions.length
  const exponent = 1 / (D + 4)
  const level = new Int32Array(D).fill(-1)
  const sigma = new Float64Array(D)
  const isConditional = dimensions.map((dimension) => dimension.conditions.length > 0)
  const isNumeric = dimensions.map((dimension) => dimension.kind !== 'categorical' && dimension.size > 1)
  let base = new Float64Array(0)
  let partial: Float64Array[] = dimensions.map(() => base)
  let terms = new Float64Array(0)
  let skip = new Uint8Array(0)
  let fresh = 0
  let rows = 0
  let weight = 0
  let anyFailed = false

  function reserve(wanted: number): void {
    if (wanted <= terms.length) return
    const capacity = Math.ceil(wanted * 1.5)
    const grow = (from: Float64Array) => {
      const to = new Float64Array(capacity)
      to.set(from)
      return to
    }
    base = grow(base)
    partial = partial.map((column, d) => (isConditional[d] && isNumeric[d] ? grow(column) : column))
    terms = new Float64Array(capacity)
    skip = new Uint8Array(capacity)
  }

  /** The normalisers of rows `from` up to `to`. */
  function normalise(from: number, to: number): void {
    base.fill(0, from, to)
    for (let d = 0; d < D; d++) {
      if (!isNumeric[d]) continue
      const dimension = dimensions[d]!
      const column = trials.columns[d]!
      for (let row = from; row < to; row++) {
        const t = column[row]!
        const mass = Number.isNaN(t) ? 0 : logMass(dimension, t, sigma[d]!)
        if (isConditional[d]) partial[d]![row] = mass
        else base[row]! -= mass
      }
    }
  }

  function updateBandwidths(): boolean {
    let changed = false
    for (let d = 0; d < D; d++) {
      const now = Math.round(LEVELS_PER_E * Math.log(trials.activeCounts[d]! + 1))
      if (now === level[d]) continue
      level[d] = now
      const { grid } = dimensions[d]!
      sigma[d] = Math.max(
        BANDWIDTH * Math.exp((-exponent * now) / LEVELS_PER_E),
        grid.length > 0 ? 0.25 / grid.length : 0,
      )
      changed ||= isNumeric[d]!
    }
    return changed
  }

  function addDimension(d: number, t: number): void {
    const dimension = dimensions[d]!
    const column = trials.columns[d]!
    if (dimension.kind === 'categorical') {
      const eps = categoricalEps(dimension.size, trials.activeCounts[d]!)
      const same = logSame(dimension.prior[t]!, eps)
      addCategorical(terms, column, rows, t, same, logOther(eps))
    } else if (isConditional[d]) {
      const shift = dimension.kind === 'unbounded' ? unboundedLogPrior(t) : 0
      addConditional(terms, column, partial[d]!, rows, t, Math.SQRT1_2 / sigma[d]!, shift)
    } else {
      addNumeric(terms, column, rows, t, Math.SQRT1_2 / sigma[d]!)
      if (dimension.kind === 'unbounded') shiftAll(terms, rows, -unboundedLogPrior(t))
    }
  }

  return {
    prepare(all, good) {
      reserve(all)
      if (updateBandwidths()) fresh = 0
      normalise(fresh, all)
      fresh = trials.count
      rows = all
      skip.fill(0, 0, all)
      for (const row of good) skip[row] = 1
      weight = PRIOR_WEIGHT + all - good.length
      anyFailed = false
      for (let row = 0; row < all && !anyFailed; row++) anyFailed = trials.endings[row] === FAILED
    },
    logDensity(x) {
      terms.set(base.subarray(0, rows))
      for (let d = 0; d < D; d++) if (!Number.isNaN(x[d]!) && dimensions[d]!.size > 1) addDimension(d, x[d]!)
      let bad = PRIOR_WEIGHT
      let good = PRIOR_WEIGHT
      let failed = 0
      const { endings } = trials
      for (let row = 0; row < rows; row++) {
        const density = terms[row]! > -30 ? Math.exp(terms[row]!) : 0
        if (skip[row]) good += density
        else bad += density
        if (anyFailed && endings[row] === FAILED) failed += density
      }
      return Math.log(bad / weight) + (failed > 0 ? Math.log1p(failed / (good + bad - failed)) : 0)
    },
  }
}

/** terms −= (t − column)² c², all rows. */
function addNumeric(terms: Float64Array, column: Float64Array, rows: number, t: number, c: number): void {
  for (let row = 0; row < rows; row++) {
    const q = (t - column[row]!) * c
    terms[row]! -= q * q
  }
}

/** The same where a row may lack the dimension, with its normaliser and the prior at t. */
function addConditional(
  terms: Float64Array,
  column: Float64Array,
  mass: Float64Array,
  rows: number,
  t: number,
  c: number,
  shift: number,
): void {
  for (let row = 0; row < rows; row++) {
    const q = (t - column[row]!) * c
    if (!Number.isNaN(q)) terms[row]! -= q * q + mass[row]! + shift
  }
}

function addCategorical(
  terms: Float64Array,
  column: Float64Array,
  rows: number,
  t: number,
  same: number,
  other: number,
): void {
  for (let row = 0; row < rows; row++) {
    const choice = column[row]!
    if (choice === t) terms[row]! += same
    else if (!Number.isNaN(choice)) terms[row]! += other
  }
}

function shiftAll(terms: Float64Array, rows: number, by: number): void {
  for (let row = 0; row < rows; row++) terms[row]! += by
}
