import type { Study, TrialRecord, TrialRow } from '@parzen/core'
import { attemptFolder } from '../stores/folders.js'
import { formatDuration } from './format/duration.js'
import { formatChoice, formatValue } from './format/number.js'
import { asYaml } from './format/paste.js'
import { type Column, table } from './format/table.js'
import { plain } from './format/width.js'
import { shortPath } from './open.js'
import { fields, type Page } from './page.js'

export function trialLines(
  { colors }: Page,
  {
    study,
    record,
    row,
    root,
    isBest,
    now,
  }: { study: Study; record: TrialRecord; row: TrialRow; root: string; isBest: boolean; now: number },
): string[] {
  const { bold, dim } = colors
  const { objectives } = study.spec
  const why = row.message === null ? '' : `: ${row.cause === null ? '' : `${row.cause}, `}${plain(row.message)}`
  const values = row.values?.map((value, i) => `${plain(objectives[i]?.metric ?? 'value')} ${value}`).join(', ')
  const took = formatDuration((record.finishedAt ?? now) - record.startedAt)
  const lines = [
    `${bold(plain(study.name))}  trial ${row.number}  ${row.state}${why}${isBest ? '  the best' : ''}`,
    '',
    ...fields(dim, [
      ...(values === undefined ? [] : [['value', bold(values)] as const]),
      [
        'started',
        `${new Date(row.startedAt).toISOString()}, ${record.finishedAt === undefined ? 'for' : 'took'} ${took}`,
      ],
      ...(row.parent === null ? [] : [['goes on from', `trial ${row.parent}`] as const]),
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
    ...metricLines(record, dim),
    dim('attempts'),
  ]
  for (const attempt of record.attempts) {
    const state = attempt.cause ? `${attempt.cause}: ${plain(attempt.message ?? '')}` : row.state
    const folder = shortPath(attemptFolder(root, study.name, { trial: row.number, attempt: attempt.number }))
    const ran =
      attempt.launchedAt === undefined ? 'not launched' : formatDuration((attempt.endedAt ?? now) - attempt.launchedAt)
    lines.push(`  ${attempt.number}  ${ran}  ${state}`, `     ${folder}/{stdout,stderr}.log`)
  }
  return lines
}

/** Where rounding hides digits, nothing is added. */
function sameAs(value: Parameters<typeof formatChoice>[0]): string {
  return typeof value === 'number' && formatChoice(value) !== String(value) ? `(${formatChoice(value)})` : ''
}

function metricLines({ reports }: TrialRecord, dim: (text: string) => string): string[] {
  const series = new Map<string, { step: number; value: number }[]>()
  for (const { step, metrics } of reports) {
    for (const [name, value] of Object.entries(metrics)) {
      const points = series.get(name) ?? []
      series.set(name, points)
      points.push({ step, value: Number(value) })
    }
  }
  if (series.size === 0) return []
  const rows = [...series].map(([name, points]) => {
    const finite = points.map(({ value }) => value).filter(Number.isFinite)
    const last = points.at(-1) as { step: number; value: number }
    return [
      plain(name),
      String(points.length),
      formatValue(last.value),
      String(last.step),
      finite.length > 0 ? formatValue(finite.reduce((a, b) => Math.min(a, b))) : '-',
      finite.length > 0 ? formatValue(finite.reduce((a, b) => Math.max(a, b))) : '-',
    ]
  })
  const titles: readonly Column[] = [
    { title: 'METRIC', flexible: true },
    ...['REPORTS', 'LAST', 'STEP', 'LEAST', 'GREATEST'].map((title) => ({ title, align: 'right' as const })),
  ]
  return [...table(titles, rows, { width: Number.POSITIVE_INFINITY, heading: dim }).map((line) => `  ${line}`), '']
}

function judgedText({ verdict, reason }: NonNullable<TrialRecord['judged']>): string {
  const what = { prune: 'stopped', pause: 'paused', spare: 'would have been stopped, but was let through' }[verdict]
  return `${what}: ${plain(reason)}`
}
