import type { Metrics, Report } from '../journal/event.js'

/** JSON has no NaN and no infinities: they travel by name. */
export function encodeMetrics(metrics: Metrics): Report['metrics'] {
  return Object.fromEntries(
    Object.entries(metrics).map(([name, value]) => [
      name,
      Number.isFinite(value) ? value : (String(value) as 'NaN' | 'Infinity' | '-Infinity'),
    ]),
  )
}

export function decodeMetrics(metrics: Report['metrics']): Metrics {
  return Object.fromEntries(Object.entries(metrics).map(([name, value]) => [name, Number(value)]))
}
