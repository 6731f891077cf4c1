import { type NewEvent, type Study, scheduleOf, type TrialNote, type TrialRecord, trialRow } from '@parzen/core'
import { isAsked } from '../../runner/asked.js'
import { type Answers, by } from '../call.js'
import { trialOf } from '../trial-record.js'

/** What people do to trials: to one is to do it to many. */
export const trialAnswers = {
  async trials({ params, query: { offset, limit, state }, tag }, { studies }) {
    const study = await studies.get(params.study)
    tag(`${study.state.version}-${offset}-${limit}-${state ?? ''}`)
    const wanted =
      state === undefined ? study.state.trials : study.state.trials.filter((trial) => trial.state === state)
    return {
      total: wanted.length,
      trials: wanted.slice(offset, offset + limit).map((trial) => trialRow(study.state, trial)),
    }
  },
  async trial({ params, tag }, { studies }) {
    const study = await studies.get(params.study)
    tag(study.state.version)
    return trialRow(study.state, trialOf(study, params.trial))
  },
  async schedule({ params, tag }, { studies }) {
    const study = await studies.get(params.study)
    tag(study.state.version)
    return scheduleOf(study.state.trials, trialOf(study, params.trial))
  },
  async enqueue({ params, body }, { studies }) {
    await (await studies.get(params.study)).enqueue(body.params)
    return { done: true }
  },
  async stopTrial(call, { studies }) {
    const stopped = await stop(await studies.get(call.params.study), [call.params.trial], by(call))
    return { done: stopped > 0 }
  },
  async stopTrials(call, { studies }) {
    return { done: await stop(await studies.get(call.params.study), call.body.trials, by(call)) }
  },
  async retryTrial({ params }, { studies }) {
    await retry(await studies.get(params.study), [params.trial])
    return { done: true }
  },
  async retryTrials({ params, body }, { studies }) {
    return { done: await retry(await studies.get(params.study), body.trials) }
  },
  async noteTrial(call, { studies }) {
    await note(await studies.get(call.params.study), [call.params.trial], { ...call.body, by: by(call) })
    return { done: true }
  },
  async noteTrials(call, { studies }) {
    const { trials, ...given } = call.body
    return { done: await note(await studies.get(call.params.study), trials, { ...given, by: by(call) }) }
  },
} satisfies Partial<Answers>

/** @returns how many were running and had not been stopped before. */
function stop(study: Study, trials: readonly number[], who: string): Promise<number> {
  for (const trial of trials) trialOf(study, trial)
  return study.commit((state) => {
    const running = [...new Set(trials)].flatMap((trial) => state.running.get(trial) ?? [])
    const stopped = running.filter(({ stopRequestedBy }) => stopRequestedBy === undefined)
    return { events: stopped.flatMap((trial) => stopping(trial, who)), result: stopped.length }
  })
}

function stopping(trial: TrialRecord, who: string): NewEvent[] {
  const requested: NewEvent = { type: 'trial-stop-requested', trial: trial.number, by: who }
  if (!isAsked(trial)) return [requested]
  // nobody but its worker could end it, and that one may be gone
  const outcome = { state: 'failed', cause: 'killed', message: `stopped by ${who}` } as const
  return [requested, { type: 'trial-finished', trial: trial.number, outcome }]
}

async function retry(study: Study, trials: readonly number[]): Promise<number> {
  const settings = trials.map((trial) => trialOf(study, trial).params)
  await study.enqueue(...settings)
  return settings.length
}

function note(study: Study, trials: readonly number[], given: TrialNote & { readonly by: string }): Promise<number> {
  const numbers = [...new Set(trials)].map((trial) => trialOf(study, trial).number)
  return study.commit(() => ({
    events: numbers.map((trial): NewEvent => ({ type: 'trial-noted', trial, ...given })),
    result: numbers.length,
  }))
}
