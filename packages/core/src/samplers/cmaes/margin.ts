import { normalCdf, normalQuantile } from '../../numerics/normal.js'
import type { Axis } from './axis.js'
import { deviation, type Evolution } from './evolution.js'

/**
 * Keeps integers and steps from freezing: CMA-ES with margin, Hamano, Saito, Nomura & Shirakawa 2022 (GECCO,
 * arXiv 2205.13482), section 4.
 *
 * After this the neighbours of the value at the mean have a probability of at least α / 2 on each side, or α where there
 * is only one side: mean m[j] and stretch A[j] are set so. Differs from the paper: the probability taken for the
 * margin all comes from the value at the mean.
 */
export function correctMargin(e: Evolution, axes: readonly Axis[], alpha: number): void {
  for (const [j, axis] of axes.entries()) {
    if (!axis.discrete) continue
    const [low, high] = axis.cellOf(e.m[j]!)
    const sd = e.A[j]! * deviation(e, j)
    if (low === -Infinity && high === Infinity) continue
    const reach = normalQuantile(1 - alpha) * sd
    if (low === -Infinity) e.m[j] = Math.max(e.m[j]!, high - reach)
    else if (high === Infinity) e.m[j] = Math.min(e.m[j]!, low + reach)
    else widen(e, j, { low, high, sd, alpha })
  }
}

interface Cell {
  readonly low: number
  readonly high: number
  readonly sd: number
  readonly alpha: number
}

function widen(e: Evolution, j: number, { low, high, sd, alpha }: Cell): void {
  const below = normalCdf((low - e.m[j]!) / sd)
  const above = normalCdf((e.m[j]! - high) / sd)
  if (below >= alpha / 2 && above >= alpha / 2) return
  const toLow = -normalQuantile(Math.max(alpha / 2, below))
  const toHigh = -normalQuantile(Math.max(alpha / 2, above))
  const wider = (high - low) / (toLow + toHigh)
  e.m[j] = low + toLow * wider
  e.A[j] = (e.A[j]! * wider) / sd
}
