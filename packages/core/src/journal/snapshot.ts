import type { StudySpec } from './event.js'
import { emptyState, improve, type StudyState, type TrialRecord } from './state.js'

/** One key of a list of objects. `at`: which of them have it, if not all do. */
export interface Column {
  readonly values: readonly unknown[]
  readonly at?: readonly number[]
}

/** A list of objects, key by key: the same keys again and again make JSON of records three times as long. */
export interface Columns {
  readonly length: number
  readonly columns: { readonly [key: string]: Column }
}

/**
 * A study as of `version`, as plain JSON: where a window begins before it follows the events after it.
 *
 * Left out: the reports of trials (they are read as series), memos but those that name a parent, handles and cursors. What was never reported cannot
 * be told from what was left out, so a snapshot is for looking, not for suggesting.
 */
export interface Snapshot {
  readonly version: number
  readonly spec: StudySpec
  /** Numbers of the finished trials, in the order they finished. */
  readonly finished: readonly number[]
  /** Trials without `params`, and these on their own. */
  readonly trials: Columns
  readonly params: Columns
  /** The rest of the state, as it is. */
  readonly rest: { readonly [key: string]: unknown }
}

const APART = ['trials', 'finished', 'running', 'best', 'version', 'spec'] as const
const LEFT_OUT: ReadonlySet<string> = new Set(['params', 'reports', 'cursor', 'worker', 'number', 'seen'])

/** What a window may know of a key of a trial; undefined: nothing. */
function visible(key: string, value: unknown): unknown {
  if (LEFT_OUT.has(key)) return undefined
  if (key === 'attempts') return withoutHandles(value as TrialRecord['attempts'])
  const isSecret = key === 'memo' && !(typeof value === 'object' && value !== null && 'parent' in value)
  return isSecret ? undefined : value
}

function withoutHandles(attempts: TrialRecord['attempts']): TrialRecord['attempts'] {
  if (!attempts.some((attempt) => 'handle' in attempt)) return attempts
  return attempts.map(({ handle: _handle, ...attempt }) => attempt)
}

/** @throws TypeError if the study has not been created. */
export function snapshot(state: Readonly<StudyState>): Snapshot {
  if (!state.spec) throw new TypeError('snapshot: expected a study that has been created')
  const rest = Object.fromEntries(Object.entries(state).filter(([key]) => !APART.includes(key as 'trials')))
  return {
    version: state.version,
    spec: state.spec,
    finished: state.finished.map(({ number }) => number),
    trials: toColumns(state.trials, visible),
    params: toColumns(state.trials.map(({ params }) => params)),
    rest,
  }
}

/** The state a snapshot was taken of, but for what it leaves out. Events after its version may be applied to it. */
export function restore({ version, spec, finished, trials, params, rest }: Snapshot): StudyState {
  const state = { ...emptyState(), ...rest, version, spec } as StudyState
  const values = fromColumns(params)
  const records = fromColumns(trials, (number) => ({
    number,
    worker: '',
    seen: 0,
    reports: [],
    params: values[number],
  }))
  for (const record of records) state.trials.push(record as unknown as TrialRecord)
  for (const trial of state.trials) if (trial.finishedAt === undefined) state.running.set(trial.number, trial)
  for (const number of finished) {
    const trial = state.trials[number] as TrialRecord
    state.finished.push(trial)
    improve(state, trial)
  }
  return state
}

/** @param shown of a value what is kept; undefined: nothing */
export function toColumns(
  records: readonly object[],
  shown: (key: string, value: unknown) => unknown = (_key, value) => value,
): Columns {
  const found = new Map<string, { values: unknown[]; at: number[] }>()
  records.forEach((record, index) => {
    // pairs of `Object.entries` would be most of the work for a study of many thousand trials
    for (const key in record) {
      const value = shown(key, (record as { readonly [key: string]: unknown })[key])
      if (value === undefined) continue
      const column = found.get(key) ?? { values: [], at: [] }
      if (column.at.length === 0) found.set(key, column)
      column.values.push(value)
      column.at.push(index)
    }
  })
  const columns = [...found].map(([key, { values, at }]) => [
    key,
    values.length === records.length ? { values } : { values, at },
  ])
  return { length: records.length, columns: Object.fromEntries(columns) as Columns['columns'] }
}

/** @param begun what each record has besides, by its place */
export function fromColumns(
  { length, columns }: Columns,
  begun: (index: number) => { [key: string]: unknown } = () => ({}),
): { [key: string]: unknown }[] {
  const records = Array.from({ length }, (_, index) => begun(index))
  for (const [key, { values, at }] of Object.entries(columns)) {
    values.forEach((value, i) => {
      const record = records[at ? (at[i] as number) : i]
      if (record) record[key] = value
    })
  }
  return records
}
