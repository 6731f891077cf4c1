import { best, summarize, type TrialRecord } from '@parzen/core'
import type { RunnerEvent } from '../../runner/runner.js'
import { brokenText } from '../format/broken.js'
import { formatDuration } from '../format/duration.js'
import { count, formatParams, formatValue } from '../format/number.js'
import { plain } from '../format/width.js'
import { progressOf } from '../progress.js'
import type { Terminal } from '../terminal.js'
import type { Watched, Watcher } from './watcher.js'

const PROGRESS_MILLISECONDS = 30_000

/** For logs and pipes: a line a finished trial, and how far it is now and then. */
export function plainLines({ print, note }: Pick<Terminal, 'print' | 'note'>, { study }: Watched): Watcher {
  let saidAt = Date.now()
  const sayProgress = () => {
    saidAt = Date.now()
    print(progressText(study.state, saidAt))
  }
  // long trials: somebody who watches the log wants to know that it lives
  const timer = setInterval(() => {
    if (Date.now() - saidAt >= PROGRESS_MILLISECONDS) sayProgress()
  }, PROGRESS_MILLISECONDS / 3)
  return {
    event(event) {
      const line = eventLine(event, study)
      if (line !== undefined) print(line)
      if (event.type === 'finished' && Date.now() - saidAt >= PROGRESS_MILLISECONDS) sayProgress()
    },
    notice: (message) => print(message),
    // no result, and of use for a quarter of an hour only
    dashboard: (link) => note(`dashboard: ${link}`),
    alarm(lines) {
      for (const line of lines) print(line)
    },
    close: () => clearInterval(timer),
  }
}

function eventLine(event: RunnerEvent, study: Watched['study']): string | undefined {
  switch (event.type) {
    case 'finished':
      return finishedLine(event.trial, study)
    case 'retried':
      return `trial ${event.trial.number} ${isKept(event.trial) ? 'kept for the next run' : 'tried again'}: ${plain(event.message)}`
    case 'paused':
      return `trial ${event.trial.number} paused: ${plain(event.trial.judged?.reason ?? '')}`
    case 'promoted':
      return `trial ${event.trial.number} goes on`
    case 'adopted':
      return `trial ${event.trial} still runs: taken over`
    case 'warning':
      return plain(event.message)
    default:
      return undefined
  }
}

/** Interrupted, or its command could not be started: this run does not try it again. */
function isKept({ attempts }: TrialRecord): boolean {
  const ended = attempts.at(-2)
  return ended?.fault === 'infrastructure' && ended.cause !== 'lost'
}

function finishedLine(trial: TrialRecord, { spec, state }: Watched['study']): string {
  const { number, outcome, startedAt, finishedAt, params } = trial
  const took = formatDuration((finishedAt ?? startedAt) - startedAt)
  const start = `trial ${number}`
  if (outcome?.state === 'complete') {
    const values = outcome.values.map(formatValue).join(' ')
    const broken = brokenText(outcome, spec)
    const more = broken ? ` (infeasible: ${broken})` : best(state)?.trial.number === number ? ' (best)' : ''
    return `${start} complete ${values}${more}  ${took}  ${formatParams(params)}`
  }
  const why =
    outcome?.state === 'failed' ? `failed (${outcome.cause}): ${outcome.message}` : `pruned: ${outcome?.reason}`
  return `${start} ${plain(why)}  ${took}  ${formatParams(params)}`
}

export function progressText(state: Watched['study']['state'], now: number): string {
  const { done, total, elapsed, left } = progressOf(state, now)
  const { best: found, infeasible, failed, pruned, running, paused } = summarize(state)
  const parts = [
    total === undefined ? `${count(done, 'trial')} done` : `${done} of ${count(total, 'trial')} done`,
    found ? `best ${formatValue(found.value)} (trial ${found.number})` : '',
    infeasible > 0 ? `${infeasible} infeasible` : '',
    failed > 0 ? `${failed} failed` : '',
    pruned > 0 ? `${pruned} pruned` : '',
    `${running} running`,
    paused > 0 ? `${paused} paused` : '',
    formatDuration(elapsed),
    left === undefined ? '' : `~${formatDuration(left)} left`,
  ]
  return parts.filter((part) => part !== '').join(', ')
}
