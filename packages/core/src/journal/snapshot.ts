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

/** @throws TypeError if the study has not been created. */
export function snapshot(state: Readonly<StudyState>): Snapshot {
  if (!state.spec) throw new TypeError('snapshot: expected a study that has been created')
  const rest = Object.fromEntries(Object.entries(state).filter(([key]) => !APART.includes(key as 'trials')))
  return {
    version: state.version,
    spec: state.spec,
    finished: state.finished.map(({ number }) => number),
    trials: toColumns(state.trials.map(withoutHandles), LEFT_OUT),
    params: toColumns(state.trials.map(({ params }) => params)),
    rest,
  }
}

/** The state a snapshot was taken of, but for what it leaves out. Events after its version may be applied to it. */
export function restore({ version, spec, finished, trials, params, rest }: Snapshot): StudyState {
  const state = { ...emptyState(), ...rest, version, spec } as StudyState
  const values = fromColumns(params)
  fromColumns(trials).forEach((record, number) => {
    state.trials.push({
      number,
      worker: '',
      seen: 0,
      reports: [],
      params: values[number],
      ...record,
    } as unknown as TrialRecord)
  })
  for (const trial of state.trials) if (trial.finishedAt === undefined) state.running.set(trial.number, trial)
  for (const number of finished) {
    const trial = state.trials[number] as TrialRecord
    state.finished.push(trial)
    improve(state, trial)
  }
  return state
}

export function toColumns(records: readonly object[], except: ReadonlySet<string> = new Set()): Columns {
  const found: { [key: string]: { values: unknown[]; at: number[] } } = {}
  records.forEach((record, index) => {
    for (const [key, value] of Object.entries(record)) {
      if (value === undefined || except.has(key)) continue
      found[key] ??= { values: [], at: [] }
      found[key].values.push(value)
      found[key].at.push(index)
    }
  })
  const columns = Object.entries(found).map(([key, { values, at }]) => [
    key,
    values.length === records.length ? { values } : { values, at },
  ])
  return { length: records.length, columns: Object.fromEntries(columns) as Columns['columns'] }
}

export function fromColumns({ length, columns }: Columns): { [key: string]: unknown }[] {
  const records: { [key: string]: unknown }[] = Array.from({ length }, () => ({}))
  for (const [key, { values, at }] of Object.entries(columns)) {
    values.forEach((value, i) => {
      const record = records[at ? (at[i] as number) : i]
      if (record) record[key] = value
    })
  }
  return records
}

function withoutHandles({ memo, ...trial }: TrialRecord): object {
  const attempts = trial.attempts.map(({ handle: _handle, ...attempt }) => attempt)
  const namesParent = typeof memo === 'object' && memo !== null && 'parent' in memo
  return { ...trial, attempts, ...(namesParent ? { memo } : {}) }
}
