import { formatDuration } from '../controls/format.js'
import { type Scale, scale } from './scale.js'

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const STEPS = [
  ...[1, 2, 5, 10, 15, 30].map((n) => n * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * MINUTE),
  ...[1, 2, 3, 6, 12].map((n) => n * HOUR),
  ...[1, 2, 7, 14, 30, 90, 365].map((n) => n * DAY),
]

/** Of epoch milliseconds: its marks are round times of day. */
export function timeScale(ends: readonly [number, number], pixels: readonly [number, number]): Scale {
  const linear = scale(ends, pixels)
  const count = Math.max(2, Math.floor(Math.abs(pixels[1] - pixels[0]) / 90))
  return { ...linear, ticks: timeTicks(linear.low, linear.high, count, new Date(linear.low).getTimezoneOffset()) }
}

/** Round times between two, `count` at most. @param offset of the zone, in minutes west of Greenwich */
export function timeTicks(low: number, high: number, count: number, offset: number): number[] {
  const step = STEPS.find((one) => (high - low) / one <= count) ?? Math.ceil((high - low) / count / DAY) * DAY
  const shift = offset * MINUTE
  const found: number[] = []
  for (let at = Math.ceil((low - shift) / step) * step + shift; at <= high; at += step) found.push(at)
  return found
}

/** As much of a time as tells it from others within the span. */
export function formatTime(at: number, [low, high]: readonly [number, number]): string {
  const time = new Date(at)
  if (high - low > 2 * DAY) return time.toLocaleDateString(undefined, { day: 'numeric', month: 'short' })
  const seconds = high - low < 10 * MINUTE ? ({ second: '2-digit' } as const) : {}
  return time.toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit', ...seconds })
}

export function formatSeconds(seconds: number): string {
  return seconds < 60 ? `${Number(seconds.toPrecision(3))} s` : formatDuration(seconds * SECOND)
}
