import { type CurvePart, type Schedule, type Study, scheduleOf, type TrialRecord, type TrialRow } from '@parzen/core'
import { attemptFolder } from '../stores/folders.js'
import { brokenText } from './format/broken.js'
import { formatDuration } from './format/duration.js'
import { count, formatChoice, formatNumber, formatValue } from './format/number.js'
import { asYaml } from './format/paste.js'
import { type Column, table } from './format/table.js'
import { plain } from './format/width.js'
import { shortPath } from './open.js'
import { fields, type Page } from './page.js'
import { curveLines } from './trial-curve.js'
import type { MetricRange, TrialMeasures, Use } from './trial-measures.js'

interface TrialPage {
  readonly study: Study
  readonly record: TrialRecord
  readonly row: TrialRow
  readonly measures: TrialMeasures
  /** Of the first objective. */
  readonly curve: readonly CurvePart[]
  readonly root: string
  readonly isBest: boolean
  /** Epoch milliseconds. */
  readonly now: number
}

export function trialLines(
  { colors, size }: Page,
  { study, record, row, measures, curve, root, isBest, now }: TrialPage,
): string[] {
  const { bold, dim } = colors
  const { objectives } = study.spec
  const why = row.message === null ? '' : `: ${row.cause === null ? '' : `${row.cause}, `}${plain(row.message)}`
  const values = row.values?.map((value, i) => `${plain(objectives[i]?.metric ?? 'value')} ${value}`).join(', ')
  const schedule = scheduleOf(study.state.trials, record)
  const width = Math.min(size().columns, 80) - 2
  const drawn = curveLines(curve, { metric: objectives[0]?.metric ?? 'value', width })
  const broken = brokenText(record.outcome, study.spec)
  const took = formatDuration((record.finishedAt ?? now) - record.startedAt)
  const lines = [
    `${bold(plain(study.name))}  trial ${row.number}  ${row.state}${why}${isBest ? '  the best' : ''}`,
    '',
    ...fields(dim, [
      ...(values === undefined ? [] : [['value', bold(values)] as const]),
      ...(broken === '' ? [] : [['infeasible', broken] as const]),
      [
        'started',
        `${new Date(row.startedAt).toISOString()}, ${record.finishedAt === undefined ? 'for' : 'took'} ${took}`,
      ],
      ...(row.parent === null ? [] : [['goes on from', originText(row.parent, schedule)] as const]),
      ...(record.judged ? [['pruner', judgedText(record.judged)] as const] : []),
      ['by', `${plain(record.worker)}${record.queued === undefined ? '' : ', asked for by a person'}`],
    ]),
    '',
    dim('parameters'),
    ...Object.entries(row.params).map(([name, value]) =>
      `  ${plain(name)} = ${String(value)}  ${sameAs(value)}`.trimEnd(),
    ),
    '',
    dim('nested'),
    ...asYaml(row.nested)
      .split('\n')
      .map((line) => `  ${line}`),
    '',
    ...(row.parent === null ? [] : scheduleLines(schedule, dim)),
    ...(drawn.length === 0 ? [] : [...drawn.map((line) => `  ${line}`), '']),
    ...metricLines(measures.metrics, dim),
    dim('attempts'),
  ]
  for (const attempt of record.attempts) {
    const state = attempt.cause ? `${attempt.cause}: ${plain(attempt.message ?? '')}` : row.state
    const folder = shortPath(attemptFolder(root, study.name, { trial: row.number, attempt: attempt.number }))
    const ran =
      attempt.launchedAt === undefined ? 'not launched' : formatDuration((attempt.endedAt ?? now) - attempt.launchedAt)
    const use = measures.uses.get(attempt.number)
    lines.push(`  ${attempt.number}  ${ran}  ${state}`, `     ${folder}/{stdout,stderr}.log`)
    if (use) lines.push(`     ${useText(use)}`)
  }
  return lines
}

/** Where rounding hides digits, nothing is added. */
function sameAs(value: Parameters<typeof formatChoice>[0]): string {
  return typeof value === 'number' && formatChoice(value) !== String(value) ? `(${formatChoice(value)})` : ''
}

/** Where a fork left its parent's curve, as far as its reports tell. */
function originText(parent: number, { trial, pieces }: Schedule): string {
  const before = pieces.findLast((piece) => piece.trial !== trial)
  if (!before) return `trial ${parent}, but its first report tells that it began anew`
  const at = `trial ${before.trial} at step ${before.to}`
  return before.trial === parent ? at : `trial ${parent}, which had gone on from ${at}`
}

/** The parameters that changed on the way, in one line each stretch. */
function scheduleLines({ changing, pieces }: Schedule, dim: (text: string) => string): string[] {
  if (pieces.length === 0) return []
  const rows = pieces.map(({ trial, from, to, params }) => [
    String(from),
    String(to),
    String(trial),
    ...changing.map((name) => (params[name] === undefined ? '-' : formatChoice(params[name]))),
  ])
  const titles = ['AFTER STEP', 'TO STEP', 'TRIAL', ...changing.map(plain)]
  const columns = titles.map((title): Column => ({ title, align: 'right' }))
  const lines = table(columns, rows, { width: Number.POSITIVE_INFINITY, heading: dim })
  return [dim('schedule'), ...lines.map((line) => `  ${line}`), '']
}

function metricLines(metrics: ReadonlyMap<string, MetricRange>, dim: (text: string) => string): string[] {
  if (metrics.size === 0) return []
  const rows = [...metrics].map(([name, { reports, last, least, greatest }]) => {
    const range = least <= greatest ? [formatValue(least), formatValue(greatest)] : ['-', '-']
    return [plain(name), String(reports), formatValue(last.value), String(last.step), ...range]
  })
  const titles: readonly Column[] = [
    { title: 'METRIC', flexible: true },
    ...['REPORTS', 'LAST', 'STEP', 'LEAST', 'GREATEST'].map((title) => ({ title, align: 'right' as const })),
  ]
  return [...table(titles, rows, { width: Number.POSITIVE_INFINITY, heading: dim }).map((line) => `  ${line}`), '']
}

function useText({ samples, peakMemory, meanCpu }: Use): string {
  const cpu = Number.isNaN(meanCpu) ? '' : `, ${formatNumber(meanCpu, 3)} cores on average`
  return `at most ${formatNumber(peakMemory)} MB of memory${cpu} (${count(samples, 'sample')})`
}

function judgedText({ verdict, reason }: NonNullable<TrialRecord['judged']>): string {
  const what = { prune: 'stopped', pause: 'paused', spare: 'would have been stopped, but was let through' }[verdict]
  return `${what}: ${plain(reason)}`
}
