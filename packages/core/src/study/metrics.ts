import { ParzenError } from '../error.js'
import type { Metrics, Report } from '../journal/event.js'
import { show } from '../space/place.js'

/**
 * What a program gives that is not checked by types: a step that is none would be taken for another one, text for NaN.
 * @throws ParzenError `report/step`, `report/metrics`.
 */
export function checkReport(step: unknown, metrics: unknown): void {
  if (typeof step !== 'number' || !Number.isFinite(step) || step < 0) {
    throw new ParzenError('report/step', `report: expected a step >= 0, got ${show(step)}`)
  }
  if (typeof metrics !== 'object' || metrics === null || Object.keys(metrics).length === 0) {
    throw new ParzenError('report/metrics', `report: expected numbers by name, got ${show(metrics)}`)
  }
  for (const [name, value] of Object.entries(metrics)) {
    if (typeof value === 'number') continue
    throw new ParzenError('report/metrics', `report: expected a number for ${name}, got ${show(value)}`)
  }
}

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
