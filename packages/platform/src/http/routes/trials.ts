import {
  type Json,
  nest,
  ParzenError,
  type Report,
  type Study,
  type StudyEvent,
  type TrialRecord,
  trialRow,
} from '@parzen/core'
import { by, type Handlers, type House } from '../handler.js'

const TRIAL_TOKEN_MILLISECONDS = 30 * 86_400_000

/** One trial at a time: the three moments ask, report, tell, and what people do to it. */
export const trialHandlers = {
  async trials({ params, query: { offset, limit, state }, tag }, { studies }) {
    const study = await studies.get(params.study)
    tag(`${study.state.version}-${offset}-${limit}-${state ?? ''}`)
    const wanted =
      state === undefined ? study.state.trials : study.state.trials.filter((trial) => trial.state === state)
    return {
      total: wanted.length,
      trials: wanted.slice(offset, offset + limit).map((trial) => trialRow(study.spec, trial)),
    }
  },
  async trial({ params, tag }, { studies }) {
    const study = await studies.get(params.study)
    tag(study.state.version)
    return trialRow(study.spec, trialOf(study, params.trial))
  },
  async ask(call, house) {
    const study = await house.studies.get(call.params.study)
    const { count, worker, request } = call.body
    // asked before, and the answer was lost on its way
    const before = request === undefined ? [] : [...study.state.running.values()].filter(isOfRequest(request))
    const trials = before.map((trial) => startOf(study, trial, house))
    const handle = { asked: worker ?? by(call), ...(request === undefined ? {} : { request }) }
    while (trials.length < count) {
      const asked = await study.ask(handle)
      if (!asked) break
      trials.push(startOf(study, asked, house))
    }
    return { trials, ended: study.state.ended ?? null }
  },
  async report({ params, body: { attempt, from, reports } }, { studies, now }) {
    const study = await studies.get(params.study)
    trialOf(study, params.trial)
    const received = reports.map(({ step, metrics, at }): Report => ({ at: at ?? now(), step, metrics }))
    const { acknowledged, isOver } = await study.commit((state) => {
      const trial = state.running.get(params.trial)
      if (!trial || trial.attempts.length !== attempt)
        return { events: [], result: { acknowledged: from, isOver: true } }
      const known = countOf(trial.cursor)
      const isNew = received.slice(Math.max(0, known - from))
      if (from > known || isNew.length === 0) return { events: [], result: { acknowledged: known, isOver: false } }
      const cursor: Json = { sent: known + isNew.length }
      return {
        events: [{ type: 'trial-reported', trial: params.trial, attempt, reports: isNew, cursor }],
        result: { acknowledged: known + isNew.length, isOver: false },
      }
    }, params.trial)
    if (from > acknowledged) {
      throw new ParzenError('http/order', `from: expected at most ${acknowledged} reports before these, got ${from}`, {
        hint: 'send again from there',
      })
    }
    const isStopping = study.state.trials[params.trial]?.stopRequestedBy !== undefined
    const verdict = study.verdict(params.trial)
    return { acknowledged, verdict: isOver || isStopping || verdict === 'ended' ? ('stop' as const) : verdict }
  },
  async tell({ params, body: { outcome } }, { studies }) {
    const study = await studies.get(params.study)
    trialOf(study, params.trial)
    return { done: await study.tell(params.trial, outcome) }
  },
  async enqueue({ params, body }, { studies }) {
    await (await studies.get(params.study)).enqueue(body.params)
    return { done: true }
  },
  async stopTrial(call, { studies }) {
    const { study: name, trial } = call.params
    const study = await studies.get(name)
    trialOf(study, trial)
    return study.commit<{ done: boolean }>((state) => {
      const running = state.running.get(trial)
      if (!running || running.stopRequestedBy !== undefined) return { events: [], result: { done: false } }
      const events: Unstamped[] = [{ type: 'trial-stop-requested', trial, by: by(call) }]
      // nobody but its worker could end it, and that one may be gone
      if (isAsked(running)) {
        const message = `stopped by ${by(call)}`
        events.push({ type: 'trial-finished', trial, outcome: { state: 'failed', cause: 'killed', message } })
      }
      return { events, result: { done: true } }
    })
  },
  async retryTrial({ params }, { studies }) {
    const study = await studies.get(params.study)
    await study.enqueue(trialOf(study, params.trial).params)
    return { done: true }
  },
  async noteTrial(call, { studies }) {
    const study = await studies.get(call.params.study)
    const { number: trial } = trialOf(study, call.params.trial)
    await study.commit(() => ({
      events: [{ type: 'trial-noted', trial, by: by(call), ...call.body }],
      result: undefined,
    }))
    return { done: true }
  },
} satisfies Partial<Handlers>

type Unstamped = StudyEvent extends infer E ? (E extends StudyEvent ? Omit<E, 'at'> : never) : never

/** @throws ParzenError `trial/unknown`. */
export function trialOf(study: Study, number: number): TrialRecord {
  const trial = study.state.trials[number]
  if (trial) return trial
  const count = study.state.trials.length
  const has = count === 0 ? 'there is none yet' : `there are ${count}, from 0`
  throw new ParzenError('trial/unknown', `study ${study.name} trial ${number}: expected a trial it has, ${has}`)
}

function startOf(study: Study, { number, params }: Awaited<ReturnType<Study['ask']>> & object, house: House) {
  const expiresAt = house.now() + TRIAL_TOKEN_MILLISECONDS
  const token = house.tokens.sign({
    kind: 'trial',
    name: `trial ${number}`,
    expiresAt,
    study: study.name,
    trial: number,
  })
  const nested = nest(study.spec.space, params)
  return { trial: number, params, nested, seed: (study.spec.seed + number) % 2 ** 32, token }
}

/** How many reports of the present attempt came this way. */
function countOf(cursor: Json | undefined): number {
  return typeof cursor === 'object' && cursor !== null && 'sent' in cursor ? Number(cursor['sent']) : 0
}

function isOfRequest(request: string): (trial: TrialRecord) => boolean {
  return ({ attempts }) => {
    const handle = attempts.at(-1)?.handle
    return typeof handle === 'object' && handle !== null && 'request' in handle && handle['request'] === request
  }
}

function isAsked({ attempts }: TrialRecord): boolean {
  const handle = attempts.at(-1)?.handle
  return typeof handle === 'object' && handle !== null && 'asked' in handle
}
