import type { StudyState } from '../journal/state.js'
import { forecastsOf } from '../samplers/gp/forecast.js'

/** How far the models' forecasts can be trusted. */
export interface Calibration {
  /** Complete trials of which something had been forecast. */
  readonly trials: number
  /** The share whose value of the first objective lay within the interval of 90 %. */
  readonly inside: number
}

/** @returns undefined where nothing was forecast. */
export function calibration({ finished }: Pick<StudyState, 'finished'>): Calibration | undefined {
  const judged = finished.flatMap(({ memo, outcome }) => {
    const value = outcome?.state === 'complete' ? outcome.values[0] : undefined
    const [forecast] = forecastsOf(memo) ?? []
    if (!forecast || value === undefined || !Number.isFinite(value)) return []
    return [value >= forecast.interval[0] && value <= forecast.interval[1]]
  })
  if (judged.length === 0) return undefined
  return { trials: judged.length, inside: judged.filter((inside) => inside).length / judged.length }
}
