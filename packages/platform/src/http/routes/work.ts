import {
  encodeMetrics,
  type Json,
  lineageOf,
  type NewEvent,
  nest,
  ParzenError,
  type Report,
  type Study,
  type TrialRecord,
  wantedMetrics,
} from '@parzen/core'
import { type AskedHandle, handleOf, isAsked } from '../../runner/asked.js'
import { isRun } from '../../runner/lease.js'
import { carriedOver } from '../../runner/outcome.js'
import { atNewPlaces, closingReports, decisiveReports, WHOLE_REPORTS } from '../../stores/decisive.js'
import { studyFolder } from '../../stores/folders.js'
import { lastValues } from '../../stores/last-values.js'
import { type Answers, by, type House } from '../call.js'
import type { Caller } from '../gate.js'
import { rootOf } from '../tokens.js'
import { trialOf } from '../trial-record.js'

const TRIAL_TOKEN_MILLISECONDS = 30 * 86_400_000

/** The moments of whoever runs a trial. */
export const workAnswers = {
  async ask(call, house) {
    const study = await house.studies.get(call.params.study)
    const { count, worker, request, leaseSeconds, pauses } = call.body
    await house.leases.expire(study)
    // asked before, and the answer was lost on its way
    const before = [...study.state.running.values()].filter(
      (trial) => request !== undefined && trial.state === 'running' && handleOf(trial)?.request === request,
    )
    const trials = before.map((trial) => startOf(study, trial.number, { house, caller: call.caller }))
    const handle = {
      asked: worker ?? by(call),
      ...(request === undefined ? {} : { request }),
      ...(leaseSeconds === undefined ? {} : { leaseSeconds }),
    }
    const next = async () =>
      (await takeUp(study, handle, house)) ?? (await study.ask({ pauses: pauses ?? false, handle }))?.number
    while (trials.length < count) {
      const number = await next()
      if (number === undefined) break
      trials.push(startOf(study, number, { house, caller: call.caller }))
    }
    return { trials, ended: study.state.ended ?? null }
  },
  async report({ params, body: { attempt: given, from, reports }, caller }, { store, studies, now, leases }) {
    const study = await studies.open(params.study)
    if (!study.state.trials[params.trial]) await study.sync()
    const record = trialOf(study, params.trial)
    const attempt = attemptOf(given, caller) ?? 1
    if (attempt === record.attempts.length) leases.heard(study, record)
    const received = reports.map(({ step, metrics, at }): Report => ({ at: at ?? now(), step, metrics }))
    await keepDense(store, study, { trial: params.trial, attempt, from, reports: received })
    const acknowledged = await study.commit((state) => {
      const trial = state.running.get(params.trial)
      if (trial?.attempts.length !== attempt) return { events: [], result: from }
      const known = countOf(trial.cursor)
      const isNew = received.slice(Math.max(0, known - from))
      if (from > known || isNew.length === 0) return { events: [], result: known }
      const cursor: Json = { sent: known + isNew.length }
      const decisive = atNewPlaces(trial, attempt, decisiveReports(study.spec, known, isNew))
      return {
        events: [{ type: 'trial-reported', trial: params.trial, attempt, reports: decisive, cursor }],
        result: known + isNew.length,
      }
    }, params.trial)
    if (from > acknowledged) {
      throw new ParzenError('http/order', `from: expected at most ${acknowledged} reports before these, got ${from}`, {
        hint: 'send again from there',
      })
    }
    return { acknowledged, ...said(study, params.trial, attempt) }
  },
  async heartbeat({ params, body, caller }, { studies, leases }) {
    const study = await studies.get(params.study)
    const record = trialOf(study, params.trial)
    const attempt = attemptOf(body.attempt, caller) ?? record.attempts.length
    const isPresent = attempt === record.attempts.length && study.state.running.has(params.trial)
    if (isPresent) leases.heard(study, record, true)
    return said(study, params.trial, attempt)
  },
  async pause({ params, body, caller }, { studies }) {
    const study = await studies.get(params.study)
    const attempt = attemptOf(body.attempt, caller) ?? trialOf(study, params.trial).attempts.length
    return { done: await study.pause(params.trial, attempt) }
  },
  async tell({ params, body: { outcome, attempt: given }, caller }, { store, studies, leases }) {
    const study = await studies.get(params.study)
    const record = trialOf(study, params.trial)
    const attempt = attemptOf(given, caller) ?? record.attempts.length
    // the trial has been given to somebody else, whose result it will be
    if (attempt !== record.attempts.length) return { done: false }
    const at = { study: study.name, trial: params.trial, attempt }
    // that decides nothing of the trial, whose machine or program it was that went away
    if (outcome.state === 'failed' && outcome.cause === 'lost' && isAsked(record) && record.state === 'running')
      return { done: await leases.lose(study, record, outcome.message) }
    const last = countOf(record.cursor) > WHOLE_REPORTS ? await lastValues(store.series, at) : {}
    const closing = ({ reports }: TrialRecord) =>
      closingReports(
        reports.filter((report) => report.attempt === attempt),
        last,
      )
    return { done: await study.tell(params.trial, outcome, closing) }
  },
} satisfies Partial<Answers>

/** Which attempt a call is about, as far as it says. @throws ParzenError `http/scope` if its token is for another one. */
function attemptOf(given: number | undefined, caller: Caller | undefined): number | undefined {
  const own = caller?.token.attempt
  if (given !== undefined && own !== undefined && given !== own) {
    throw new ParzenError('http/scope', `attempt: expected ${own}, which this token is for, got ${given}`)
  }
  return given ?? own
}

/** What whoever runs an attempt is to do, and why. */
function said(study: Study, number: number, attempt: number) {
  const { state, stopRequestedBy, attempts } = trialOf(study, number)
  const stop = (reason: string) => ({ verdict: 'stop' as const, reason })
  const verdict = study.verdict(number)
  if (stopRequestedBy !== undefined) return stop(`stopped by ${stopRequestedBy}`)
  if (verdict === 'ended') return stop(`trial ${number} is ${state}`)
  if (attempt !== attempts.length) return stop(`attempt ${attempts.length} has taken its place`)
  return { verdict, reason: study.reason(number) ?? null }
}

/** The next attempt of a trial whose worker was lost, if one is due. @returns the trial. */
function takeUp(study: Study, handle: AskedHandle, { now, root }: House): Promise<number | undefined> {
  return study.commit((state) => {
    if (state.stop || state.ended !== undefined) return { events: [], result: undefined }
    const due = [...state.running.values()].find((trial) => isDue(trial, now()))
    // what waits is taken up by a runner, if there is one, which makes itself known in the journal before it does
    if (!due || isRun(studyFolder(root, study.name))) return { events: [], result: undefined }
    const launched: NewEvent = {
      type: 'trial-launched',
      trial: due.number,
      attempt: due.attempts.length,
      handle: { ...handle },
    }
    return { events: [launched], result: due.number }
  })
}

function isDue(trial: TrialRecord, now: number): boolean {
  return trial.state === 'waiting' && handleOf(trial) !== undefined && (trial.attempts.at(-1)?.notBefore ?? 0) <= now
}

/** Puts into the series what is for them, before the journal says that it has come. */
async function keepDense(
  { series }: House['store'],
  { name: study, state }: Study,
  sent: {
    readonly trial: number
    readonly attempt: number
    readonly from: number
    readonly reports: readonly Report[]
  },
): Promise<void> {
  const { trial, attempt, from, reports } = sent
  const record = state.running.get(trial)
  const known = countOf(record?.cursor)
  // what the journal has is in the series; what leaves out some is refused
  const first = Math.max(known, WHOLE_REPORTS)
  const records = reports.slice(Math.max(0, first - from))
  if (record?.attempts.length !== attempt || from > known || records.length === 0) return
  await series.append([{ study, trial, attempt, kind: 'metrics', from: Math.max(from, first), records }])
}

function startOf(
  study: Study,
  number: number,
  { house, caller }: { readonly house: House; readonly caller: Caller | undefined },
) {
  const trial = trialOf(study, number)
  const { params } = trial
  const attempt = trial.attempts.length
  const parent = lineageOf(trial)?.parent
  const from = caller && rootOf(caller.token)
  const token = house.tokens.sign({
    kind: 'trial',
    name: `trial ${number}`,
    expiresAt: house.now() + TRIAL_TOKEN_MILLISECONDS,
    study: study.name,
    trial: number,
    attempt,
    ...(from === undefined ? {} : { from }),
  })
  const nested = nest(study.spec.space, params)
  return {
    trial: number,
    params,
    nested,
    seed: (study.spec.seed + number) % 2 ** 32,
    attempt,
    parent: parent ?? null,
    targetStep: study.targetStep(number) ?? null,
    before: encodeMetrics(carriedOver(trial, wantedMetrics(study.spec), study.state.trials[parent ?? -1])),
    token,
  }
}

/** How many reports of the present attempt came this way. */
function countOf(cursor: Json | undefined): number {
  return typeof cursor === 'object' && cursor !== null && 'sent' in cursor ? Number(cursor['sent']) : 0
}
