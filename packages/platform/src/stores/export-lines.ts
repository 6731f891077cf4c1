import { type Choice, type Report, type Study, type TrialRow, trialRow } from '@parzen/core'
import { recordReader } from './attempt-records.js'
import { csvLine } from './csv.js'
import type { Repository, SeriesStore } from './series.js'

export const exportFormats = ['csv', 'jsonl', 'series'] as const
export type ExportFormat = (typeof exportFormats)[number]

/** All trials of a study, or all its series, in lines with their ends. */
export function exportLines(
  study: Study,
  { series }: Repository,
  format: ExportFormat,
): Iterable<string> | AsyncIterable<string> {
  if (format === 'series') return seriesLines(study, series)
  return format === 'csv' ? csvLines(study) : jsonLines(study)
}

export async function* seriesLines(
  { name, state }: Pick<Study, 'name' | 'state'>,
  series: SeriesStore,
): AsyncGenerator<string> {
  yield `${csvLine(['trial', 'attempt', 'step', 'at', 'metric', 'value'])}\n`
  const readers = [recordReader(series, name), recordReader(series, name, 'system')]
  for (const trial of state.trials) {
    for (const { number: attempt } of trial.attempts) {
      for (const read of readers) {
        for await (const records of read(trial, attempt, 0))
          yield records.map(pointLines(trial.number, attempt)).join('')
      }
    }
  }
}

function pointLines(trial: number, attempt: number): (record: Report) => string {
  return ({ step, at, metrics }) =>
    Object.entries(metrics)
      .map(([metric, value]) => `${csvLine([trial, attempt, step, at, metric, value])}\n`)
      .join('')
}

export function* jsonLines(study: Pick<Study, 'spec' | 'state'>): Generator<string> {
  for (const trial of study.state.trials) yield `${JSON.stringify(trialRow(study.state, trial))}\n`
}

export function* csvLines(study: Pick<Study, 'spec' | 'state'>): Generator<string> {
  const { spec, state } = study
  const rows = state.trials.map((trial) => trialRow(state, trial))
  const params = union(Object.keys(spec.space), rows, (row) => row.params)
  const metrics = union([], rows, (row) => row.metrics)
  const objectives = spec.objectives.map(({ metric }) => metric)
  const title = [
    ...['number', 'state'],
    ...objectives.map((name) => `values.${name}`),
    ...(spec.constraints ? ['feasible'] : []),
    ...params.map((name) => `params.${name}`),
    ...metrics.map((name) => `metrics.${name}`),
    ...['attempts', 'startedAt', 'finishedAt', 'cause', 'message'],
  ]
  yield `${csvLine(title)}\n`
  for (const row of rows) {
    const cells: (Choice | undefined)[] = [
      ...[row.number, row.state],
      ...objectives.map((_, i) => row.values?.[i]),
      ...(spec.constraints ? [row.feasible] : []),
      ...params.map((name) => row.params[name]),
      ...metrics.map((name) => row.metrics[name]),
      ...[row.attempts.length, iso(row.startedAt), iso(row.finishedAt), row.cause, row.message],
    ]
    yield `${csvLine(cells)}\n`
  }
}

/** Names in the order of the space, then those of older spaces or of metrics as they first appear. */
function union(first: readonly string[], rows: readonly TrialRow[], of: (row: TrialRow) => object): string[] {
  const names = new Set(first)
  for (const row of rows) for (const name of Object.keys(of(row))) names.add(name)
  return [...names]
}

function iso(at: number | null): string | undefined {
  return at === null ? undefined : new Date(at).toISOString()
}
