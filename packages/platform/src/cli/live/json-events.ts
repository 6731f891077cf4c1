import { best, trialRow } from '@parzen/core'
import type { RunnerEvent } from '../../runner/runner.js'
import type { Terminal } from '../terminal.js'
import type { Watched, Watcher } from './watcher.js'

/** For scripts: an object a line, told apart by `event`. */
export function jsonEvents({ print }: Pick<Terminal, 'print'>, { study }: Watched): Watcher {
  const say = (event: string, fields: object) => print(JSON.stringify({ event, at: Date.now(), ...fields }))
  return {
    event: (event) => say(event.type, fieldsOf(event, study)),
    notice: (message) => say('notice', { message }),
    dashboard: (link) => say('dashboard', { link }),
    alarm: (lines) => say('alarm', { message: lines.join('\n') }),
    close() {},
  }
}

function fieldsOf(event: RunnerEvent, study: Watched['study']): object {
  switch (event.type) {
    case 'adopted':
      return { trial: event.trial }
    case 'started':
      return { trial: event.trial.number, params: event.trial.params }
    case 'reported': {
      const last = event.trial.reports.at(-1)
      return { trial: event.trial.number, step: last?.step ?? null, metrics: last?.metrics ?? {} }
    }
    case 'retried':
      return { trial: event.trial.number, attempt: event.trial.attempts.length, message: event.message }
    case 'paused':
      return { trial: event.trial.number, reason: event.trial.judged?.reason ?? null }
    case 'promoted':
      return { trial: event.trial.number, attempt: event.trial.attempts.length }
    case 'finished': {
      const { number, ...row } = trialRow(study.state, event.trial)
      return { trial: number, ...row, best: best(study.state)?.trial.number === number }
    }
    case 'warning':
      return { message: event.message }
    default:
      return event satisfies never
  }
}
