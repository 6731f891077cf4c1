import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { type Choice, ParzenError, type Report, type Study, type TrialRow, trialRow } from '@parzen/core'
import { type Command, Option } from 'commander'
import { recordReader } from '../stores/attempt-records.js'
import type { Repository, SeriesStore } from '../stores/series.js'
import { type Cli, command } from './command.js'
import { csvLine } from './format/csv.js'
import { count } from './format/number.js'
import { pickStudy, withExistingStore } from './open.js'

const formats = ['csv', 'jsonl', 'series'] as const

interface Options {
  store?: string
  format: (typeof formats)[number]
  output?: string
  json?: boolean
}

export function exportCommand(cli: Cli): Command {
  return command({
    usage: 'export [study]',
    summary: 'All trials of a study as CSV or JSON lines, in the order of their numbers.',
    examples: [
      ['parzen export digits --format csv -o digits.csv', 'for a spreadsheet or pandas'],
      ['parzen export digits --format jsonl | jq .values', 'for a script'],
      ['parzen export digits --format series -o curves.csv', 'every metric at every step'],
    ],
    json: 'the same as --format jsonl, a JSON line a trial.',
  })
    .addOption(new Option('--format <format>', 'csv, jsonl or series').choices([...formats]).default('jsonl'))
    .option('-o, --output <file>', 'instead of standard output')
    .addHelpText('after', help)
    .action(async (name: string | undefined, options: Options) => {
      if (options.json && options.format !== 'jsonl') {
        throw new ParzenError('cli/format', `export: expected --json or --format ${options.format}, got both`)
      }
      await withExistingStore(options.store, async ({ store }) => {
        const study = await pickStudy(store, name)
        const lines = linesOf(study, store, options.format)
        if (options.output === undefined) {
          for await (const line of lines) await cli.terminal.write(line)
          return
        }
        await pipeline(Readable.from(lines), createWriteStream(options.output))
        cli.terminal.note(`${options.output}: ${count(study.state.trials.length, 'trial')} of ${study.name}`)
      })
    })
}

const help = `
A JSON line: number state params nested values metrics attempts[{number,launchedAt,endedAt,cause}]
startedAt finishedAt judged cause message tags[] note pinned. Times are epoch milliseconds; what there is not is null.
A CSV line: number state, a column an objective, params.*, metrics.*, attempts startedAt finishedAt cause message.
Times are ISO 8601; what there is not (a parameter that is switched off) is empty.
A line of series (CSV): trial attempt step at metric value, in the order the attempt made them, then system/*.
Times are epoch milliseconds; a value may be NaN, Infinity or -Infinity.`

function linesOf(
  study: Study,
  { series }: Repository,
  format: Options['format'],
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
    ...params.map((name) => `params.${name}`),
    ...metrics.map((name) => `metrics.${name}`),
    ...['attempts', 'startedAt', 'finishedAt', 'cause', 'message'],
  ]
  yield `${csvLine(title)}\n`
  for (const row of rows) {
    const cells: (Choice | undefined)[] = [
      ...[row.number, row.state],
      ...objectives.map((_, i) => row.values?.[i]),
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
