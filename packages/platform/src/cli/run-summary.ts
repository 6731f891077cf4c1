import { best, describeCounts, type Study, type StudySummary } from '@parzen/core'
import { nearestLines } from './best.js'
import { formatDuration } from './format/duration.js'
import { formatValue } from './format/number.js'
import { asArgs } from './format/paste.js'
import { plain } from './format/width.js'
import type { Terminal } from './terminal.js'

interface Summed {
  readonly study: Pick<Study, 'state' | 'spec' | 'name'>
  readonly summary: StudySummary
  /** Where the logs are. */
  readonly folder: string
  /** The command that goes on with the study. */
  readonly again: string
}

/** What a person wants to know when a run has ended: how it went, the best, what to do next. */
export function runSummary({ colors }: Pick<Terminal, 'colors'>, { study, summary, folder, again }: Summed): string[] {
  const { bold, green, dim } = colors
  const of = summary.total === null ? '' : ` of ${summary.total}`
  const time = formatDuration(summary.busyMilliseconds)
  const lines = [
    `${bold(plain(study.name))}: ${ending(summary, again)}`,
    `${summary.finished}${of} trials in ${time}: ${describeCounts(summary)}`,
  ]
  const found = best(study.state)
  if (found) {
    lines.push(`best: trial ${found.trial.number}, ${plain(summary.metric)} ${green(bold(formatValue(found.value)))}`)
    for (const line of argLines(asArgs(found.trial.params))) lines.push(`  ${line}`)
  } else if (summary.infeasible > 0) lines.push(...nearestLines(study))
  const more = found
    ? [`parzen show ${study.name}`, `parzen best ${study.name}`, `parzen logs ${study.name} ${found.trial.number}`]
    : [`parzen show ${study.name}`, `parzen logs ${study.name}`, ...goingOn(summary, again)]
  lines.push(dim(`more: ${more.join('  ')}`), dim(`logs: ${folder}`))
  return lines
}

/** With a budget that was spent on failures. */
function goingOn({ total, reason }: StudySummary, again: string): string[] {
  return total === null || reason === null ? [] : [`${again} --trials ${2 * total}`]
}

function ending({ reason, state, running }: StudySummary, again: string): string {
  if (reason !== null) return `ended (${plain(reason)})`
  if (state === 'stopped') return 'stopped'
  return running > 0 ? `interrupted, ${running} to be continued by \`${again}\`` : `not finished, \`${again}\` goes on`
}

/** Not cut to the terminal, since they are for pasting; a backslash joins them. */
function argLines(args: readonly string[]): string[] {
  const lines: string[] = []
  for (const arg of args) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + arg.length < 74) lines[lines.length - 1] = `${last} ${arg}`
    else lines.push(arg)
  }
  return lines.map((line, i) => (i < lines.length - 1 ? `${line} \\` : line))
}
