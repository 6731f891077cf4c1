/**
 * Default parameters of CMA-ES: Hansen 2016, "The CMA Evolution Strategy: A Tutorial" (arXiv 1604.00772), table 1.
 *
 * d: dimensions, at least 1. n: trials in a generation, at least 2. w: n weights, best first; positive ones sum to 1,
 * negative ones are those of active CMA-ES (eq. 49–53).
 */
export interface Rates {
  readonly w: Float64Array
  readonly muEff: number
  readonly c1: number
  readonly cmu: number
  readonly cs: number
  readonly ds: number
  readonly cc: number
}

export function rates(d: number, n: number): Rates {
  const raw = Float64Array.from({ length: n }, (_, i) => Math.log((n + 1) / 2) - Math.log(i + 1))
  const sums = { positive: 0, squares: 0, negative: 0, negativeSquares: 0 }
  for (const x of raw) {
    sums.positive += Math.max(0, x)
    sums.squares += Math.max(0, x) ** 2
    sums.negative += Math.max(0, -x)
    sums.negativeSquares += Math.max(0, -x) ** 2
  }
  const muEff = sums.positive ** 2 / sums.squares
  const muEffNegative = sums.negative ** 2 / sums.negativeSquares
  const c1 = 2 / ((d + 1.3) ** 2 + muEff)
  const cmu = Math.min(1 - c1, (2 * (0.25 + muEff + 1 / muEff - 2)) / ((d + 2) ** 2 + muEff))
  const alpha = Math.min(1 + c1 / cmu, 1 + (2 * muEffNegative) / (muEff + 2), (1 - c1 - cmu) / (d * cmu))
  const cs = (muEff + 2) / (d + muEff + 5)
  return {
    w: raw.map((x) => (x >= 0 ? x / sums.positive : (alpha * x) / sums.negative)),
    muEff,
    c1,
    cmu,
    cs,
    ds: 1 + 2 * Math.max(0, Math.sqrt((muEff - 1) / (d + 1)) - 1) + cs,
    cc: (4 + muEff / d) / (d + 4 + (2 * muEff) / d),
  }
}

/** Weights by loss, lowest first; equal losses (all failed trials, say) share the mean of their weights. */
export function weightsByLoss(losses: Float64Array, w: Float64Array): Float64Array {
  const order = Array.from(losses, (_, i) => i).sort((a, b) =>
    losses[a]! < losses[b]! ? -1 : losses[a]! > losses[b]! ? 1 : 0,
  )
  const weights = new Float64Array(losses.length)
  for (let from = 0; from < order.length; ) {
    let to = from
    let sum = 0
    for (; to < order.length && losses[order[to]!] === losses[order[from]!]; to++) sum += w[to]!
    for (let rank = from; rank < to; rank++) weights[order[rank]!] = sum / (to - from)
    from = to
  }
  return weights
}

/** The weights of recombination, which move the mean. */
export function positivePart(w: Float64Array): Float64Array {
  return w.map((weight) => Math.max(0, weight))
}
