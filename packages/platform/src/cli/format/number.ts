import type { Choice } from '@parzen/core'
import { plain } from './width.js'

/** For people: at most `digits` significant digits, no trailing zeros; scientific below 1e-4 and from 1e7 on. */
export function formatNumber(x: number, digits = 4): string {
  if (!Number.isFinite(x)) return String(x)
  const size = Math.abs(x)
  if (x === 0) return '0'
  if (size < 1e-4 || size >= 1e7) return Number(x.toPrecision(digits)).toExponential()
  // whole digits are never cut: 12345.6 is 12346, not 12350
  if (Number.isInteger(x) || size >= 10 ** digits) return String(Math.round(x))
  return String(Number(x.toPrecision(digits)))
}

/** Objective values get one digit more than parameters: they are compared with each other. */
export function formatValue(x: number): string {
  return formatNumber(x, 5)
}

export function formatChoice(value: Choice): string {
  return typeof value === 'number' ? formatNumber(value) : plain(String(value))
}

/** `lr=0.001 batch=32 …`, for people. */
export function formatParams(params: { readonly [name: string]: Choice }): string {
  return Object.entries(params)
    .map(([name, value]) => `${plain(name)}=${formatChoice(value)}`)
    .join(' ')
}

/** `1 trial`, `2 trials`. */
export function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`
}
