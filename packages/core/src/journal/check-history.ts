import type { Cause, Outcome, StudyEvent, StudySpec } from './event.js'
import { lineageOf } from './lineage.js'

/** A trial. */
interface Tally {
  attempt: number
  launched: boolean
  judged: string | undefined
  paused: boolean
  /** As its end, or nothing before that. */
  state: Outcome['state'] | undefined
  /** The highest it has reported. */
  step: number
  isReplaced: boolean
  /** By cause. */
  readonly retries: Map<Cause, number>
}

/** What has been told so far, counted apart from `apply`, so that a mistake there shows here. */
interface History {
  spec: StudySpec | undefined
  closed: string | undefined
  readonly trials: Tally[]
  readonly queued: (Extract<StudyEvent, { type: 'trial-queued' }>['params'] | undefined)[]
  lastStart: number
  /** Attempts launched and not ended. */
  launched: number
}

type OnTrial = Exclude<Extract<StudyEvent, { readonly trial: number }>, { type: 'trial-started' }>

/**
 * What in a journal no lawful sequence of decisions could have written, one line each; empty if all is well.
 *
 * The invariants, as far as a journal shows them: trials are numbered 0, 1, 2, … and start within the budget, each ends
 * at most once, values are finite and one for each objective; attempt k is launched and reports only while it is the
 * present one; retries stay within those declared in `spec.job.retries`, launched attempts within `budget.parallel`;
 * each queued trial is started once, in order, with its values; a fork goes on from a step its parent had reported, in the
 * place of a trial that gave way or failed, which nobody else has; `seen` lies between the start before and the event
 * itself; nothing starts between the end of the study and its resumption.
 */
export function checkHistory(events: readonly StudyEvent[]): string[] {
  const history: History = {
    spec: undefined,
    closed: undefined,
    trials: [],
    queued: [],
    lastStart: -1,
    launched: 0,
  }
  return events.flatMap((event, index) => {
    const wrong = [...checkEvent(history, event, index)]
    return wrong.map((text) => `event ${index} (${event.type}): ${text}`)
  })
}

function* checkEvent(history: History, event: StudyEvent, index: number): Generator<string> {
  if (index === 0 && event.type !== 'study-created') yield 'expected study-created first'
  if (index > 0 && event.type === 'study-created') yield 'the study had been created before'
  switch (event.type) {
    case 'study-created':
    case 'study-edited':
      history.spec = event.spec
      return
    case 'study-stop-requested':
      history.closed = 'stopped'
      return
    case 'study-ended':
      if (history.closed === 'ended') yield 'the study had ended before'
      history.closed = 'ended'
      return
    case 'study-resumed':
      if (history.closed === undefined) yield 'the study had neither ended nor been stopped'
      history.closed = undefined
      return
    case 'run-started':
    case 'results-imported':
    case 'study-noted':
      return
    case 'trial-noted':
      if (!history.trials[event.trial]) yield `trial ${event.trial} has not been started`
      return
    case 'trial-queued':
      history.queued.push(event.params)
      return
    case 'trial-started':
      yield* checkStart(history, event, index)
      return
    default:
      yield* checkTrial(history, event)
  }
}

type Started = Extract<StudyEvent, { type: 'trial-started' }>

function* checkStart(history: History, event: Started, index: number): Generator<string> {
  const { trials, spec, closed } = history
  const number = trials.length
  if (event.trial !== number) yield `expected trial ${number}, got ${event.trial}`
  const limit = spec?.budget.trials
  if (limit !== undefined && number >= limit) yield `trial ${event.trial} is over the budget of ${limit}`
  if (closed !== undefined)
    yield `trial ${event.trial} started in a study that had ${closed === 'ended' ? closed : 'been stopped'}`
  if (event.seen <= history.lastStart || event.seen > index) {
    yield `seen is ${event.seen}, expected ${history.lastStart + 1} to ${index}`
  }
  history.lastStart = index
  yield* checkLineage(trials, event)
  trials.push({
    attempt: 1,
    launched: false,
    judged: undefined,
    paused: false,
    state: undefined,
    step: -Infinity,
    isReplaced: false,
    retries: new Map(),
  })
  if (event.queued === undefined) return
  const asked = history.queued[event.queued]
  if (!asked) yield `queued trial ${event.queued} does not exist or was started before`
  if (history.queued.slice(0, event.queued).some(Boolean)) yield `queued trial ${event.queued} jumped the queue`
  for (const [name, value] of Object.entries(asked ?? {})) {
    if (event.params[name] !== value) yield `${name} was asked for as ${value}, got ${event.params[name]}`
  }
  history.queued[event.queued] = undefined
}

function* checkLineage(trials: readonly Tally[], event: Started): Generator<string> {
  const lineage = lineageOf(event)
  if (!lineage) return
  const { replaces, parent, step } = lineage
  const victim = trials[replaces]
  if (victim?.state !== 'pruned' && victim?.state !== 'failed')
    yield `trial ${event.trial} takes the place of trial ${replaces}, which had not given way`
  if (victim?.isReplaced) yield `the place of trial ${replaces} had been taken before`
  if (victim) victim.isReplaced = true
  if (parent === undefined) return
  const from = trials[parent]
  if (!from || parent === replaces) yield `trial ${event.trial} goes on from trial ${parent}, which it cannot`
  else if (step !== undefined && step > from.step)
    yield `trial ${event.trial} goes on from step ${step} of trial ${parent}, which had got to ${from.step}`
}

function* checkTrial(history: History, event: Exclude<OnTrial, { type: 'trial-noted' }>): Generator<string> {
  const trial = history.trials[event.trial]
  if (!trial) {
    yield `trial ${event.trial} has not been started`
    return
  }
  if (trial.state !== undefined) {
    yield `trial ${event.trial} had finished`
    return
  }
  const opens = event.type === 'trial-retried' || event.type === 'trial-promoted'
  const opened = opens ? trial.attempt + 1 : trial.attempt
  if ('attempt' in event && event.attempt !== opened) yield `expected attempt ${opened}, got ${event.attempt}`
  switch (event.type) {
    case 'trial-launched':
      yield* checkLaunch(history, trial, event.trial)
      return
    case 'trial-reported':
      for (const { step } of event.reports) {
        if (!Number.isFinite(step)) yield `step ${step} is no number`
        trial.step = Math.max(trial.step, step)
      }
      return
    case 'trial-stop-requested':
      return
    case 'trial-judged':
      if (trial.judged !== undefined) yield `trial ${event.trial} had been judged before: ${trial.judged}`
      trial.judged = event.verdict
      return
    case 'trial-paused':
      if (trial.judged !== 'pause') yield `trial ${event.trial} was not told to pause`
      land(history, trial)
      trial.paused = true
      return
    case 'trial-promoted':
      if (!trial.paused) yield `trial ${event.trial} was not paused`
      trial.attempt++
      trial.paused = false
      trial.judged = undefined
      return
    case 'trial-retried':
      yield* checkRetry(history, trial, event)
      land(history, trial)
      trial.attempt++
      return
    case 'trial-finished': {
      land(history, trial)
      trial.state = event.outcome.state
      if (event.outcome.state !== 'complete') return
      const { values, constraints = [] } = event.outcome
      const wanted = history.spec?.objectives.length ?? 0
      if (values.length !== wanted) yield `expected ${wanted} value(s), got ${values.length}`
      if (!values.every(Number.isFinite)) yield `values ${JSON.stringify(values)} are not all numbers`
      const bounds = history.spec?.constraints?.length
      if (bounds !== undefined && constraints.length !== bounds)
        yield `expected ${bounds} constraint(s), got ${constraints.length}`
      return
    }
    default:
      event satisfies never
  }
}

function* checkLaunch(history: History, trial: Tally, number: number): Generator<string> {
  if (trial.launched) {
    yield `attempt ${trial.attempt} of trial ${number} had been launched before`
    return
  }
  trial.launched = true
  history.launched++
  // a limit that is lowered does not end what runs, so that only launches count
  const limit = history.spec?.budget.parallel
  if (limit !== undefined && history.launched > limit) yield `${history.launched} trials run at once, allowed ${limit}`
}

/** The present attempt runs no longer. */
function land(history: History, trial: Tally): void {
  if (trial.launched) history.launched--
  trial.launched = false
}

type Retried = Extract<StudyEvent, { type: 'trial-retried' }>

function* checkRetry({ spec }: History, trial: Tally, { cause, fault, trial: number }: Retried): Generator<string> {
  // a person's Ctrl-C, or a command that could not be started; of the machine's own faults only a lost attempt is counted
  if (fault === 'infrastructure' && cause !== 'lost') return
  const count = (trial.retries.get(cause) ?? 0) + 1
  trial.retries.set(cause, count)
  const allowed = retriesOf(spec, cause)
  if (allowed !== undefined && count > allowed)
    yield `retry ${count} of trial ${number} after ${cause}, allowed ${allowed}`
}

/** Jobs are opaque here: only what looks like numbers by cause is taken for one. */
function retriesOf(spec: StudySpec | undefined, cause: Cause): number | undefined {
  const job = spec?.job as { readonly retries?: { readonly [C in Cause]?: unknown } } | null | undefined
  const allowed = job?.retries?.[cause]
  return typeof allowed === 'number' ? allowed : undefined
}
