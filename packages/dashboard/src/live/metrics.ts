import { type StudyState, type TrialRow, wantedMetrics } from '@parzen/core'
import { useMemo } from 'react'
import { namesIn } from '../state/mentioned.js'
import { stage } from './analysis.js'
import { read, studyPath } from './api.js'
import { useFetched } from './fetched.js'

type Value = TrialRow['metrics'][string]
/** Of a metric, by number of the trial. */
type Column = ReadonlyMap<number, Value>

/** Rows with the metrics that are asked for, which a snapshot leaves out, and the names of all there are but the objectives. */
export interface Measured {
  readonly rows: readonly TrialRow[]
  readonly metrics: readonly string[]
}

/**
 * What trials reported before this window was open is read metric by metric, once the address names it; what they report since
 * then comes with the events.
 * @param offers whether the page lets one choose among all metrics
 */
export function useMetrics(
  name: string,
  {
    state,
    rows,
    address,
    offers,
  }: {
    readonly state: StudyState
    readonly rows: readonly TrialRow[]
    readonly address: { readonly [key: string]: string }
    readonly offers: boolean
  },
): Measured {
  const mentioned = useMemo(() => namesIn(address), [address])
  const isWanted = offers || [...mentioned].some((one) => isNoColumn(one, state))
  const now = stage(state)
  const path = studyPath(name, '/metrics')
  const { value: found } = useFetched(`${name} ${isWanted} ${now}`, async () =>
    isWanted ? (await read('metrics', path)).metrics : [],
  )
  const text = namesOf(found ?? [], { state, rows }).join('\n')
  const metrics = useMemo(() => (text === '' ? [] : text.split('\n')), [text])
  const wanted = metrics.filter((one) => mentioned.has(one))
  const { value: columns } = useFetched(`${name} ${JSON.stringify(wanted)} ${now}`, async () => {
    const replies = wanted.map((metric) => read('metrics', `${path}?metric=${encodeURIComponent(metric)}`))
    return new Map((await Promise.all(replies)).map((reply, i) => [wanted[i] as string, columnOf(reply)]))
  })
  return { rows: useMemo(() => withColumns(rows, columns), [rows, columns]), metrics }
}

function isNoColumn(name: string, { spec }: StudyState): boolean {
  return !Object.hasOwn(spec?.space ?? {}, name) && spec !== undefined && !wantedMetrics(spec).includes(name)
}

/** The latest rows have what came since the names were read. */
const LOOKED_AT = 50

function namesOf(
  found: readonly string[],
  { state, rows }: { readonly state: StudyState; readonly rows: readonly TrialRow[] },
): string[] {
  const names = new Set([...found, ...rows.slice(-LOOKED_AT).flatMap((row) => Object.keys(row.metrics))])
  for (const metric of state.spec ? wantedMetrics(state.spec) : []) names.delete(metric)
  return [...names].sort()
}

function columnOf({
  trials,
  values,
}: {
  readonly trials: readonly number[]
  readonly values: readonly Value[]
}): Column {
  return new Map(trials.map((trial, i) => [trial, values[i] as Value]))
}

/** A row is made anew once for the columns it is to have. */
const kept = new WeakMap<TrialRow, { readonly columns: ReadonlyMap<string, Column>; readonly row: TrialRow }>()

function withColumns(rows: readonly TrialRow[], columns?: ReadonlyMap<string, Column>): readonly TrialRow[] {
  if (!columns || columns.size === 0) return rows
  return rows.map((row) => {
    const before = kept.get(row)
    if (before?.columns === columns) return before.row
    const metrics: Record<string, Value> = {}
    for (const [name, column] of columns) {
      const value = column.get(row.number)
      if (value !== undefined) metrics[name] = value
    }
    const made = { ...row, metrics: { ...metrics, ...row.metrics } }
    kept.set(row, { columns, row: made })
    return made
  })
}
