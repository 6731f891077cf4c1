import type { Direction } from '@parzen/core'

/**
 * Ends of an axis from the best value to a little beyond the worse quartile: a diverged run must not flatten the rest.
 * What lies beyond is to be drawn at the edge.
 * @param isLog room and reach are counted in ln x; values at or below 0 are then left out.
 */
export function tamed(
  values: readonly number[],
  direction: Direction | undefined,
  isLog = false,
): readonly [number, number] {
  const finite = values.filter((value) => Number.isFinite(value) && (!isLog || value > 0))
  if (finite.length === 0) return isLog ? [0.1, 1] : [0, 1]
  const sorted = Float64Array.from(isLog ? finite.map(Math.log) : finite).sort()
  const at = (p: number) => sorted[Math.round(p * (sorted.length - 1))] as number
  const median = at(0.5)
  // where more than a quarter are equal, the quartile says nothing of the spread
  const reach = (end: number, quartile: number) => 4 * Math.abs(quartile - median) || Math.abs(end - median)
  const low = direction === 'minimize' ? at(0) : Math.max(at(0), median - reach(at(0), at(0.25)))
  const high = direction === 'maximize' ? at(1) : Math.min(at(1), median + reach(at(1), at(0.75)))
  const room = 0.04 * (high - low || Math.abs(high) || 1)
  return isLog ? [Math.exp(low - room), Math.exp(high + room)] : [low - room, high + room]
}
