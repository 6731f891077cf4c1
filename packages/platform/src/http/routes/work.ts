import { type Json, nest, ParzenError, type Report, type Study, type TrialRecord } from '@parzen/core'
import { by, type Handlers, type House } from '../handler.js'
import { trialOf } from '../trial-record.js'

const TRIAL_TOKEN_MILLISECONDS = 30 * 86_400_000

/** The moments of whoever runs a trial. */
export const workHandlers = {
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
} satisfies Partial<Handlers>

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
