import type { Points, Report, TrialRecord } from '@parzen/core'
import type { SeriesHead, SeriesKey, SeriesStore } from './series.js'

/** An attempt with all that is kept of what it reported. */
export interface AttemptOf {
  readonly study: string
  readonly trial: TrialRecord
  /** From 1. */
  readonly attempt: number
  /** Of its series, if there are any. */
  readonly head: SeriesHead | undefined
}

/** An attempt's first reports are in the journal; all of them, where nobody kept series. */
function firstReports({ trial, attempt, head }: Omit<AttemptOf, 'study'>): readonly Report[] {
  const isOnly = trial.attempts.length === 1
  const reports = isOnly ? trial.reports : trial.reports.filter((report) => report.attempt === attempt)
  return head ? reports.slice(0, head.first) : reports
}

/** Every record of an attempt, in the order they were made. @param from how many to pass over */
export type RecordReader = (trial: TrialRecord, attempt: number, from: number) => AsyncGenerator<readonly Report[]>

/** Reads the records of a study's attempts as they are asked for. */
export function recordReader(series: SeriesStore, study: string, kind: SeriesKey['kind'] = 'metrics'): RecordReader {
  return async function* (trial, attempt, from) {
    const heads = await series.heads(study, kind, [trial.number])
    const head = heads.find((one) => one.attempt === attempt)
    const first = kind === 'metrics' ? firstReports({ trial, attempt, head }) : []
    if (from < first.length) yield first.slice(from)
    if (!head) return
    for (let at = Math.max(from, head.first); ; ) {
      const { records, next } = await series.records({ study, trial: trial.number, attempt, kind }, at)
      if (records.length === 0) return
      yield records
      at = next
    }
  }
}

/** One metric of an attempt. @param most as of `SeriesStore.points` */
export async function pointsOf(
  series: SeriesStore,
  { study, trial, attempt, head }: AttemptOf,
  { metric, most }: { readonly metric: string; readonly most: number },
): Promise<Points> {
  const points = { steps: [] as number[], at: [] as number[], values: [] as number[] }
  for (const { step, at, metrics } of firstReports({ trial, attempt, head })) {
    // what JSON has no number for stands there by its name
    const value = Number(metrics[metric])
    if (!Number.isFinite(value)) continue
    points.steps.push(step)
    points.at.push(at)
    points.values.push(value)
  }
  if (!head || !Object.hasOwn(head.last, metric)) return points
  const { steps, at, values } = await series.points(
    { study, trial: trial.number, attempt, kind: 'metrics' },
    metric,
    most,
  )
  return {
    steps: [...points.steps, ...steps],
    at: [...points.at, ...at],
    values: [...points.values, ...values],
  }
}

/** Heads by trial and attempt. */
export function byAttempt(heads: readonly SeriesHead[]): (trial: number, attempt: number) => SeriesHead | undefined {
  const found = new Map(heads.map((head) => [`${head.trial}/${head.attempt}`, head]))
  return (trial, attempt) => found.get(`${trial}/${attempt}`)
}
