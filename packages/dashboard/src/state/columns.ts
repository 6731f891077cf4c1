import { type StudySpec, type TrialRow, wantedMetrics } from '@parzen/core'
import { cell } from './filter.js'

/** What stands in a column of the table of trials; undefined where it is not set. */
export function column(row: TrialRow, name: string): ReturnType<typeof cell> {
  if (name === 'note') return row.note || undefined
  if (name === 'message') return row.message ?? undefined
  if (name === 'started') return new Date(row.startedAt).toISOString()
  if (name === 'attempts') return row.attempts.length
  return cell(row, name)
}

/** Columns there can be, beside number and state. */
export interface Columns {
  /** With what is constrained. */
  readonly objectives: readonly string[]
  readonly parameters: readonly string[]
  /** Other metrics. */
  readonly metrics: readonly string[]
  readonly others: readonly string[]
}

/** @param metrics that are neither objectives nor constrained */
export function columnsOf(spec: StudySpec | undefined, metrics: readonly string[]): Columns {
  return {
    objectives: spec ? wantedMetrics(spec) : [],
    parameters: Object.keys(spec?.space ?? {}),
    metrics,
    others: [
      ...(spec?.constraints ? ['feasible'] : []),
      'seconds',
      'tag',
      'note',
      'cause',
      'message',
      'attempts',
      'started',
    ],
  }
}

/** Those to show. @param text of the address, names joined by commas; '': the usual ones */
export function shownColumns(text: string, { objectives, parameters, metrics, others }: Columns): readonly string[] {
  if (text === '') return [...objectives, ...parameters, 'seconds', 'tag']
  const all = [...objectives, ...parameters, ...metrics, ...others]
  const wanted = new Set(text.split(','))
  return all.filter((name) => wanted.has(name))
}
