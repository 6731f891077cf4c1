import type { Json } from '../../journal/event.js'

/** What a model expected of a suggestion, per objective, in its units. Kept in the memo of the trial. */
export interface Forecast {
  /** Of the objective without its noise. */
  readonly mean: number
  readonly sd: number
  /** What the trial reports lies within these with a probability of 90 %, noise included. */
  readonly interval: readonly [number, number]
  /** The best of then, as the model saw it, running trials included. */
  readonly best: number
}

/** What was maximised to make a suggestion. */
export type Acquisition = 'expected improvement' | 'expected volume' | 'feasibility'

/** Digits enough for people, and few enough that journals stay small. */
const DIGITS = 6

export function forecastMemo(acquisition: Acquisition, forecasts: readonly Forecast[]): { [key: string]: Json } {
  if (forecasts.length === 0) return { acquisition }
  const short = (x: number) => Number(x.toPrecision(DIGITS))
  return {
    acquisition,
    forecasts: forecasts.map(({ mean, sd, interval: [low, high], best }) => ({
      mean: short(mean),
      sd: short(sd),
      interval: [short(low), short(high)],
      best: short(best),
    })),
  }
}

/** Reads a memo, whoever wrote it. @returns one per objective; undefined if it has none. */
export function forecastsOf(memo: Json | undefined): readonly Forecast[] | undefined {
  const forecasts = typeof memo === 'object' && memo !== null && 'forecasts' in memo ? memo['forecasts'] : undefined
  return Array.isArray(forecasts) && forecasts.length > 0 && forecasts.every(isForecast) ? forecasts : undefined
}

function isForecast(value: unknown): value is Forecast {
  if (typeof value !== 'object' || value === null) return false
  const { mean, sd, interval, best } = value as { readonly [key: string]: unknown }
  return [mean, sd, best, ...(Array.isArray(interval) ? interval : [undefined])].every(Number.isFinite)
}
