import { normalLogCdf } from '../numerics/normal.js'

/** Up to here p is counted out. */
const MOST_EXACT = 50

/**
 * One-sided signed-rank test (Wilcoxon 1945): the probability, if differences were symmetric about 0, of ones that lie as far
 * above 0 as these. Ties share their mean rank; zeros are ranked, and split between both signs ("zsplit" of SciPy). Exact over all
 * signs up to 50 differences, beyond that normal with the variance corrected for ties; 1 if all are 0.
 */
export function signedRankGreater(differences: readonly number[]): number {
  const n = differences.length
  const { ranks, ties } = midRanks(differences.map(Math.abs))
  let above = 0
  const signed: number[] = []
  for (let i = 0; i < n; i++) {
    const d = differences[i] as number
    if (d > 0) above += ranks[i] as number
    if (d !== 0) signed.push(ranks[i] as number)
  }
  if (signed.length === 0) return 1
  if (n <= MOST_EXACT) return exact(signed, above)
  const zeros = (n * (n + 1)) / 2 - signed.reduce((sum, rank) => sum + rank, 0)
  let variance = n * (n + 1) * (2 * n + 1)
  for (const t of ties) variance -= (t * (t * t - 1)) / 2
  return Math.exp(normalLogCdf(((n * (n + 1)) / 4 - above - zeros / 2) / Math.sqrt(variance / 24)))
}

/** P(W >= w) for W the sum of a random subset of the ranks, multiples of a half. */
function exact(ranks: readonly number[], w: number): number {
  const doubled = ranks.map((rank) => Math.round(2 * rank))
  const counts = new Float64Array(doubled.reduce((sum, rank) => sum + rank, 0) + 1)
  counts[0] = 1
  let top = 0
  for (const rank of doubled) {
    top += rank
    for (let sum = top; sum >= rank; sum--) counts[sum] = (counts[sum] as number) + (counts[sum - rank] as number)
  }
  let tail = 0
  for (let sum = Math.round(2 * w); sum < counts.length; sum++) tail += counts[sum] as number
  return tail / 2 ** ranks.length
}

/** Ranks from 1, ties sharing their mean; and the sizes of the groups of ties. */
function midRanks(values: readonly number[]): { ranks: number[]; ties: number[] } {
  const order = values.map((_, i) => i).sort((a, b) => (values[a] as number) - (values[b] as number))
  const ranks = new Array<number>(values.length).fill(0)
  const ties: number[] = []
  for (let from = 0; from < order.length; ) {
    let to = from + 1
    while (to < order.length && values[order[to] as number] === values[order[from] as number]) to++
    for (let k = from; k < to; k++) ranks[order[k] as number] = (from + to + 1) / 2
    ties.push(to - from)
    from = to
  }
  return { ranks, ties }
}
