import type { LastValues } from './decisive.js'
import type { SeriesStore } from './series.js'

/** The last value of each metric of an attempt, as far as the series have it. */
export async function lastValues(
  series: SeriesStore,
  { study, trial, attempt }: { readonly study: string; readonly trial: number; readonly attempt: number },
): Promise<LastValues> {
  const heads = await series.heads(study, 'metrics', [trial])
  return heads.find((head) => head.attempt === attempt)?.last ?? {}
}
