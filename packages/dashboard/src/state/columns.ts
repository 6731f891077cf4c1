import type { StudySpec, TrialRow } from '@parzen/core'
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
  readonly objectives: readonly string[]
  readonly parameters: readonly string[]
  /** Metrics that are no objectives. */
  readonly metrics: readonly string[]
  readonly others: readonly string[]
}

/** Trials whose metrics are looked at for their names. */
const LOOKED_AT = 300

export function columnsOf(spec: StudySpec | undefined, rows: readonly TrialRow[]): Columns {
  const objectives = spec?.objectives.map(({ metric }) => metric) ?? []
  const some = rows.length > 2 * LOOKED_AT ? [...rows.slice(0, LOOKED_AT), ...rows.slice(-LOOKED_AT)] : rows
  const metrics = new Set(some.flatMap((row) => Object.keys(row.metrics)))
  for (const objective of objectives) metrics.delete(objective)
  return {
    objectives,
    parameters: Object.keys(spec?.space ?? {}),
    metrics: [...metrics].sort(),
    others: ['seconds', 'tag', 'note', 'cause', 'message', 'attempts', 'started'],
  }
}

/** Those to show. @param text of the address, names joined by commas; '': the usual ones */
export function shownColumns(text: string, { objectives, parameters, metrics, others }: Columns): readonly string[] {
  if (text === '') return [...objectives, ...parameters, 'seconds', 'tag']
  const all = [...objectives, ...parameters, ...metrics, ...others]
  const wanted = new Set(text.split(','))
  return all.filter((name) => wanted.has(name))
}
