import type { StudyState, TrialRecord } from '@parzen/core'
import { activeTrials, best, describeFailures, summarize } from '@parzen/core'
import { chart } from '../format/chart.js'
import { formatSeconds } from '../format/duration.js'
import { goalText } from '../format/goal.js'
import { formatParams, formatValue } from '../format/number.js'
import { progressBar } from '../format/progress-bar.js'
import { padEnd, padStart, plain, truncate, visibleWidth, wrap } from '../format/width.js'
import { bestSoFar, progressOf } from '../progress.js'
import type { Colors } from '../terminal.js'

/** All that is shown while a study runs. */
export interface View {
  readonly state: Readonly<StudyState>
  readonly now: number
  /** Where the trials' folders are, as a person would type it. */
  readonly folder: string
  /** What Ctrl-C does next, or why it takes so long. */
  readonly hint: string
}

export interface Canvas {
  readonly columns: number
  readonly rows: number
  readonly colors: Colors
}

const WIDEST = 120
const CHART_ROWS = { least: 3, most: 8 }

/** The live view: lines that fit the canvas, one row less than it has. Rows that are scarce are taken from the chart first. */
export function frame(view: View, { columns, rows, colors }: Canvas): string[] {
  const width = Math.min(columns, WIDEST) - 1
  const limit = rows - 1
  const roomy = rows >= 20
  const top = [header(view, colors), progressLine(view, { width, colors })]
  const middle = bestLines(view, { width, colors, paramLines: roomy ? 3 : 1 })
  const bottom = [...failureLines(view, colors), colors.dim(`logs ${view.folder}   ${view.hint}`)]
  const left = limit - top.length - middle.length - bottom.length
  const running = runningLines(view, { width, colors, most: Math.max(1, Math.floor(left / (roomy ? 2 : 1))) })
  const free = left - running.length
  const gap = free >= 3 ? [''] : []
  const height = Math.min(CHART_ROWS.most, free - 3 * gap.length - 3)
  const curve = height < CHART_ROWS.least ? [] : curveLines(view, { width, height, colors })
  const lines = [
    ...top,
    ...gap,
    ...middle,
    ...gap,
    ...running,
    ...(curve.length > 0 ? ['', ...curve] : []),
    ...gap,
    ...bottom,
  ]
  return lines.slice(0, Math.max(0, limit)).map((line) => truncate(line, width))
}

function header({ state }: View, { bold, dim }: Colors): string {
  const { spec } = state
  if (!spec) return ''
  const goal = goalText(spec)
  const parallel = spec.budget.parallel === undefined ? '' : `, ${spec.budget.parallel} parallel`
  return `${bold(plain(spec.name))}  ${goal}  ${dim(`${spec.sampler.name}, seed ${spec.seed}${parallel}`)}`
}

function progressLine({ state, now }: View, { width, colors }: { width: number; colors: Colors }): string {
  const { done, total, fraction, elapsed, left } = progressOf(state, now)
  const counts = total === undefined ? `${done} trials` : `${done}/${total}`
  const times = `${formatSeconds(elapsed)}${left === undefined ? '' : `  ~${formatSeconds(left)} left`}`
  if (fraction === undefined) return `${counts}  ${times}`
  const bar = progressBar(fraction, Math.max(5, Math.min(50, width - visibleWidth(counts + times) - 4)))
  return `${colors.green(bar.done)}${colors.dim(bar.left)}  ${counts}  ${times}`
}

function bestLines(
  { state }: View,
  { width, colors, paramLines }: { width: number; colors: Colors; paramLines: number },
): string[] {
  const found = best(state)
  if (!found) return [`best  ${colors.dim(`no ${state.spec?.constraints ? 'feasible' : 'complete'} trial yet`)}`]
  const metric = plain(state.spec?.objectives[0]?.metric ?? 'value')
  const wrapped = wrap(formatParams(found.trial.params), width - 6)
  const shown = wrapped.slice(0, paramLines)
  if (wrapped.length > paramLines) shown[paramLines - 1] = `${truncate(shown.at(-1) ?? '', width - 8)} …`
  return [
    `best  ${colors.bold(colors.green(formatValue(found.value)))} ${metric}  trial ${found.trial.number}`,
    ...shown.map((line) => `      ${line}`),
  ]
}

function runningLines({ state, now }: View, { width, colors, most }: { width: number; colors: Colors; most: number }) {
  const trials = activeTrials(state)
  if (trials.length === 0) return []
  const metric = state.spec?.objectives[0]?.metric
  const shown = trials.length <= most ? trials : trials.slice(0, Math.max(1, most - 1))
  const widest = Math.max(...trials.map(({ number }) => String(number).length))
  const lines = shown.map((trial) => {
    const start = `run   ${padStart(`#${trial.number}`, widest + 1)}  ${padEnd(timeOf(trial, now), 7)}`
    const report = reportOf(trial, metric)
    return truncate(`${start}  ${padEnd(report, 20)}  ${colors.dim(formatParams(trial.params))}`, width)
  })
  if (shown.length < trials.length && shown.length < most)
    lines.push(`run   ${colors.dim(`and ${trials.length - shown.length} more`)}`)
  return lines
}

function timeOf(trial: TrialRecord, now: number): string {
  const { launchedAt } = trial.attempts.at(-1) ?? {}
  return trial.state === 'running' && launchedAt !== undefined ? formatSeconds(now - launchedAt) : 'waits'
}

function reportOf({ reports, attempts, state }: TrialRecord, metric: string | undefined): string {
  const last = reports.at(-1)
  if (!last) {
    const cause = attempts.at(-2)?.cause
    return cause === undefined
      ? ''
      : `${state === 'waiting' ? 'again after' : 'attempt ' + attempts.length + ' after'} ${cause}`
  }
  const name = metric !== undefined && metric in last.metrics ? metric : Object.keys(last.metrics)[0]
  if (name === undefined) return ''
  return `${plain(name)}=${formatValue(Number(last.metrics[name]))} step ${last.step}`
}

function failureLines({ state }: View, { yellow }: Colors): string[] {
  const { failed, failures, pruned, paused } = summarize(state)
  const retried = state.trials.reduce((sum, trial) => sum + trial.attempts.filter(({ cause }) => cause).length, 0)
  const parts = [
    failed > 0 ? yellow(`${failed} failed (${describeFailures(failures)})`) : '',
    pruned > 0 ? `${pruned} pruned` : '',
    paused > 0 ? `${paused} paused` : '',
    retried > 0 ? `${retried} retried` : '',
  ].filter((part) => part !== '')
  return parts.length > 0 ? [parts.join(', ')] : []
}

function curveLines(
  { state }: View,
  { width, height, colors }: { width: number; height: number; colors: Colors },
): string[] {
  const axis = `best ${plain(state.spec?.objectives[0]?.metric ?? 'value')} over finished trials`
  const lines = chart(bestSoFar(state), { width: Math.min(width, 90), height, axis })
  return lines.map((line) => line.replace(/[\u2800-\u28ff][\u2800-\u28ff ]*/g, (drawn) => colors.cyan(drawn)))
}
