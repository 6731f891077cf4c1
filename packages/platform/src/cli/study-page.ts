import {
  describeCounts,
  formatDistribution,
  type Parameter,
  type Study,
  type StudySummary,
  type TrialRecord,
} from '@parzen/core'
import { studyFolder } from '../stores/folders.js'
import { chart } from './format/chart.js'
import { formatAgo, formatDuration } from './format/duration.js'
import { goalText } from './format/goal.js'
import { formatParams, formatValue } from './format/number.js'
import { type Column, table } from './format/table.js'
import { plain } from './format/width.js'
import { shortPath } from './open.js'
import { fields, type Page } from './page.js'
import { bestSoFar } from './progress.js'

export function studyLines(
  { colors, size }: Page,
  {
    study,
    summary,
    trials,
    root,
    now,
  }: { study: Study; summary: StudySummary; trials: readonly TrialRecord[]; root: string; now: number },
): string[] {
  const { bold, dim } = colors
  const { columns } = size()
  const { spec, state } = study
  const of = summary.total === null ? '' : ` of ${summary.total}`
  const lines = [
    `${bold(plain(spec.name))}  ${summary.state}${summary.reason === null ? '' : `: ${plain(summary.reason)}`}`,
    '',
    ...fields(dim, [
      ['objective', goalText(spec)],
      ['trials', `${summary.finished}${of} done: ${describeCounts(summary)}${alsoRunning(summary)}`],
      [
        'best',
        summary.best
          ? `${bold(formatValue(summary.best.value))}  trial ${summary.best.number}`
          : summary.infeasible > 0
            ? 'none feasible yet'
            : 'none yet',
      ],
      ['sampler', `${named(spec.sampler)}, seed ${spec.seed}`],
      ['pruner', named(spec.pruner)],
      ['time', `${formatDuration(summary.busyMilliseconds)} of work, last event ${formatAgo(now - summary.updatedAt)}`],
      ['folder', shortPath(studyFolder(root, spec.name))],
    ]),
  ]
  const curve = chart(bestSoFar(state), { width: Math.min(columns, 80) - 2, height: 6, axis: 'finished trials' })
  if (curve.length > 0) lines.push('', ...curve.map((line) => `  ${line}`))
  if (trials.length > 0) lines.push('', ...trialTable(trials, { width: columns, heading: dim }))
  lines.push('', ...failureLines(state.finished, dim))
  lines.push(
    dim('space'),
    ...Object.entries(spec.space).map(([name, p]) => `  ${plain(name)}: ${describeParameter(p)}`),
  )
  return lines
}

function alsoRunning({ state, running, paused, queued }: StudySummary): string {
  return `${running > 0 ? `; ${running} ${state === 'interrupted' ? 'to be continued' : 'running'}` : ''}${paused > 0 ? `; ${paused} paused` : ''}${queued > 0 ? `; ${queued} queued` : ''}`
}

function named({ name, ...options }: Study['spec']['sampler']): string {
  return Object.keys(options).length === 0 ? name : `${name} ${JSON.stringify(options)}`
}

const columns: readonly Column[] = [
  { title: 'TRIAL', align: 'right' },
  { title: 'VALUE', align: 'right' },
  { title: 'TOOK', align: 'right' },
  { title: 'PARAMETERS', flexible: true },
]

function trialTable(
  trials: readonly TrialRecord[],
  options: { width: number; heading: (text: string) => string },
): string[] {
  const rows = trials.map(({ number, outcome, startedAt, finishedAt, params }) => [
    String(number),
    outcome?.state === 'complete' ? outcome.values.map(formatValue).join(' ') : '-',
    finishedAt === undefined ? '-' : formatDuration(finishedAt - startedAt),
    formatParams(params),
  ])
  return table(columns, rows, options)
}

/** A line a cause with the latest message of it. */
function failureLines(finished: readonly TrialRecord[], dim: (text: string) => string): string[] {
  const latest = new Map<string, { count: number; trial: number; message: string }>()
  for (const { number, outcome } of finished) {
    if (outcome?.state !== 'failed') continue
    const count = (latest.get(outcome.cause)?.count ?? 0) + 1
    latest.set(outcome.cause, { count, trial: number, message: plain(outcome.message) })
  }
  if (latest.size === 0) return []
  const lines = [...latest].map(
    ([cause, { count, trial, message }]) => `  ${count} ${cause}, the last trial ${trial}: ${message}`,
  )
  return [dim('failures'), ...lines, '']
}

/** A distribution as a sweep file writes it, and what switches it on. */
export function describeParameter({ when, ...distribution }: Parameter): string {
  const notation = formatDistribution(distribution)
  const conditions = Object.entries(when ?? {}).map(([name, values]) => `${name} is ${values.join(' or ')}`)
  return `${plain(notation)}${conditions.length > 0 ? `  if ${plain(conditions.join(' and '))}` : ''}`
}
