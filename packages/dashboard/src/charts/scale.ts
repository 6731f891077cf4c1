import { ticks } from './ticks.js'

/** Where values lie along one side of a picture, in CSS pixels. Values beyond the ends are held at the ends. */
export interface Scale {
  readonly low: number
  readonly high: number
  readonly isLog: boolean
  readonly at: (value: number) => number
  /** The value at a place; the inverse of `at` between the ends. */
  readonly valueAt: (pixel: number) => number
  /** Round values to label, few enough to be read. */
  readonly ticks: readonly number[]
}

/**
 * @param ends in values; equal ends are spread, a logarithmic scale needs both above 0 and is linear otherwise.
 * @param pixels where these ends lie; the second may be the smaller (a y axis grows upwards).
 */
export function scale(
  [low, high]: readonly [number, number],
  [from, to]: readonly [number, number],
  { isLog: wantsLog = false, spacing = 70 }: { readonly isLog?: boolean; readonly spacing?: number } = {},
): Scale {
  const isLog = wantsLog && low > 0 && high > 0
  const top = high > low ? high : isLog ? low * 2 : low + (Math.abs(low) || 1)
  const on = isLog ? Math.log : (value: number) => value
  const [a, b] = [on(low), on(top)]
  const count = Math.max(2, Math.floor(Math.abs(to - from) / spacing))
  return {
    low,
    high: top,
    isLog,
    at: (value) => from + ((on(Math.min(top, Math.max(low, value))) - a) / (b - a)) * (to - from),
    valueAt: (pixel) => {
      const x = a + Math.min(1, Math.max(0, (pixel - from) / (to - from))) * (b - a)
      return isLog ? Math.exp(x) : x
    },
    ticks: isLog ? logTicks(low, top, count) : ticks(low, top, count),
  }
}

/** Powers of ten, and 2 and 5 times these while there is room; even stretches where the ends are close. */
function logTicks(low: number, high: number, count: number): number[] {
  const decades = Math.log10(high / low)
  const factors = decades * 3 <= count ? [1, 2, 5] : [1]
  const every = Math.max(1, Math.ceil(decades / count))
  const found: number[] = []
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++) {
    if (power % every !== 0) continue
    for (const factor of factors) {
      const tick = Number((factor * 10 ** power).toPrecision(12))
      if (tick >= low && tick <= high) found.push(tick)
    }
  }
  return found.length >= 2 ? found : ticks(low, high, count)
}
