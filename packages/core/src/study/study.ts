import { ParzenError } from '../error.js'
import type { Cause, Json, Metrics, Outcome, Report, StudyEvent, StudySpec, Verdict } from '../journal/event.js'
import { lineageOf } from '../journal/lineage.js'
import { activeTrials, type StudyState, type TrialRecord } from '../journal/state.js'
import type { AbortSignalLike, Store } from '../journal/store.js'
import type { SamplerFactory } from '../samplers/sampler.js'
import { checkParams } from '../space/check.js'
import type { Params } from '../space/distribution.js'
import { now as systemNow } from './clock.js'
import { type Decision, type Desk, desk, type NewEvent } from './desk.js'
import { withParents } from './enqueue.js'
import { suggesters } from './journal-suggester.js'
import { endReason, mayStart } from './limits.js'
import { checkReport, encodeMetrics } from './metrics.js'
import { settled } from './outcome.js'
import { type NextTrial, type Suggester, stillFits } from './suggester.js'

/** A trial handed out by `ask`. */
export interface AskedTrial {
  readonly number: number
  readonly params: Params
  /** From 1; more for one that goes on after a pause. */
  readonly attempt: number
}

export interface AskOptions {
  /** The caller can go on with a paused trial: one that has earned it comes before new ones. Default false. */
  readonly pauses?: boolean
  /** Of the caller who runs it: then no runner starts it as well. */
  readonly handle?: Json
}

export interface StudyOptions {
  /** Who asks, kept in the journal: host and process, for people. */
  readonly worker?: string
  /** Epoch milliseconds for time stamps. Default: the system's clock. */
  readonly now?: () => number
  /** Instead of the sampler the study's spec names: for samplers that are not in the registry. */
  readonly sampler?: SamplerFactory
  /** Makes suggestions that take long, so that they do not block this thread. Not for a `sampler` of one's own. */
  readonly elsewhere?: Elsewhere
}

/** Where else suggestions may be made: the law of `suggester.ts` makes them the same, bit for bit. */
export interface Elsewhere {
  /** Whether to make the next one there. @param milliseconds what the last one made here took. */
  takes(milliseconds: number): boolean
  /** @param read the journal after a version. @returns undefined if it cannot: it is made here then. */
  suggest(read: (version: number) => Promise<readonly StudyEvent[]>): Promise<NextTrial | undefined>
}

interface Made {
  readonly spec: StudySpec | undefined
  readonly next: NextTrial
}

/** Why an attempt ended without deciding its trial. */
export interface Retry {
  readonly cause: Cause
  readonly message: string
  readonly fault: 'user' | 'infrastructure'
  readonly notBefore?: number
}

/** What happens to the trials of a study, by whoever runs them; every change goes over the `desk`. */
export class Study {
  readonly name: string
  readonly #store: Store
  readonly #options: StudyOptions
  readonly #desk: Desk
  readonly #suggesterFor: (state: Readonly<StudyState>) => Suggester
  #suggestMilliseconds = 0
  /** Callers who wait for a suggestion from elsewhere: two at a time would be given the same trial. */
  #asking: Promise<unknown> = Promise.resolve()

  constructor(store: Store, name: string, options: StudyOptions = {}) {
    this.#store = store
    this.name = name
    this.#options = options
    this.#desk = desk(store, name, () => this.#now())
    this.#suggesterFor = suggesters(options.sampler)
  }

  /** The study as of the last `sync` or commit. Not to be changed. */
  get state(): Readonly<StudyState> {
    return this.#desk.state
  }

  get spec(): StudySpec {
    if (!this.state.spec) throw new ParzenError('study/unknown', `study ${this.name}: not in this store`)
    return this.state.spec
  }

  /** Reads what others have written. @returns the new events. */
  sync(): Promise<readonly StudyEvent[]> {
    return this.#desk.sync()
  }

  /** Resolves when the journal may have grown past what this object has seen. */
  changed(signal?: AbortSignalLike): Promise<void> {
    return this.#store.changed(this.name, this.state.version, signal)
  }

  /** See `Desk.commit`. */
  commit<T>(decide: (state: Readonly<StudyState>) => Decision<T>, trial?: number): Promise<T> {
    return this.#desk.commit(decide, trial)
  }

  /**
   * The next trial to run, already in the journal, or undefined if none is to be started now: the budget is spent, the
   * study has ended or is stopping, or the sampler has nothing left (which ends the study).
   */
  async ask({ pauses = false, handle }: AskOptions = {}): Promise<AskedTrial | undefined> {
    const promoted = pauses ? await this.promote(handle) : undefined
    const record = this.state.trials[promoted ?? -1]
    if (record) return { number: record.number, params: record.params, attempt: record.attempts.length }
    const { elsewhere, sampler } = this.#options
    if (!elsewhere || sampler || !elsewhere.takes(this.#suggestMilliseconds)) return this.#ask(undefined, handle)
    const mine = this.#asking.then(async () => {
      for (;;) {
        const made = await this.#makeElsewhere(elsewhere)
        const asked = await this.#ask(made, handle)
        // somebody else started that trial meanwhile
        if (asked !== 'stale') return asked
      }
    })
    this.#asking = mine.catch(() => undefined)
    return mine
  }

  /** A suggestion from elsewhere, unless the sampler has nothing to say in it. */
  async #makeElsewhere(elsewhere: Elsewhere): Promise<Made | undefined> {
    await this.sync()
    const state = this.state
    const { spec } = state
    if (!mayStart(state) || state.queueTaken < state.queue.length) return undefined
    const next = await elsewhere.suggest((version) => this.#store.read(this.name, version))
    return next && { spec, next }
  }

  #ask(elsewhere: undefined, handle: Json | undefined): Promise<AskedTrial | undefined>
  #ask(elsewhere: Made | undefined, handle: Json | undefined): Promise<AskedTrial | undefined | 'stale'>
  #ask(elsewhere: Made | undefined, handle: Json | undefined): Promise<AskedTrial | undefined | 'stale'> {
    // kept while this call loses races against anything but the start of a trial
    let made: { readonly by: Suggester; readonly next: NextTrial | undefined } | undefined
    return this.commit((state): Decision<AskedTrial | undefined | 'stale'> => {
      if (!mayStart(state)) return { events: this.#ended(state), result: undefined }
      if (elsewhere && (elsewhere.spec !== state.spec || !stillFits(elsewhere.next, state)))
        return { events: [], result: 'stale' }
      const by = this.#suggesterFor(state)
      if (!elsewhere && (made?.by !== by || !made.next || !stillFits(made.next, state))) {
        made = { by, next: this.#suggestHere(by, state) }
      }
      const next = elsewhere?.next ?? made?.next
      if (!next) return { events: this.#ended(state, by.done), result: undefined }
      const started: NewEvent = { type: 'trial-started', worker: this.#options.worker ?? 'local', ...next }
      const taken: readonly NewEvent[] =
        handle === undefined ? [] : [{ type: 'trial-launched', trial: next.trial, attempt: 1, handle }]
      return { events: [started, ...taken], result: { number: next.trial, params: next.params, attempt: 1 } }
    })
  }

  #suggestHere(by: Suggester, state: Readonly<StudyState>): NextTrial | undefined {
    if (!this.#options.elsewhere) return by.suggest(state)
    const from = this.#now()
    const next = by.suggest(state)
    this.#suggestMilliseconds = this.#now() - from
    return next
  }

  /** Adds a trial for each setting, all or none, ahead of the sampler's; missing parameters are drawn when it starts. */
  async enqueue(...settings: readonly Params[]): Promise<void> {
    await this.commit(({ spec }) => {
      if (!spec) return { events: [], result: undefined }
      for (const params of settings) checkParams(spec.space, params, ['params'])
      const events = settings.map((params): NewEvent => {
        return { type: 'trial-queued', params: withParents(spec.space, params) }
      })
      return { events, result: undefined }
    })
  }

  /** Records reports of an attempt. @returns `ended` if the trial has finished or another attempt runs: nothing is recorded. */
  async reportAll(trial: number, attempt: number, reports: readonly Report[], cursor?: Json): Promise<Verdict> {
    const isCurrent = await this.commit((state) => {
      const isCurrent = currentAttempt(state, trial) === attempt
      if (!isCurrent || (reports.length === 0 && cursor === undefined)) return { events: [], result: isCurrent }
      const reported = { type: 'trial-reported' as const, trial, attempt, reports }
      return { events: [cursor === undefined ? reported : { ...reported, cursor }], result: true }
    }, trial)
    return isCurrent ? this.verdict(trial) : 'ended'
  }

  /** What the pruner has said of a trial so far. */
  verdict(trial: number): Verdict {
    const record = this.state.trials[trial]
    if (!record || record.finishedAt !== undefined) return 'ended'
    const said = record.judged?.verdict
    return said === undefined || said === 'spare' ? 'continue' : said
  }

  /** Why the verdict on a trial is not to go on, as the pruner says it: `step 9: place 7 of 12 at rung 1, 4 go on`. */
  reason(trial: number): string | undefined {
    return this.verdict(trial) === 'continue' ? undefined : this.state.trials[trial]?.judged?.reason
  }

  /** Records metrics of one step. @returns what to do now. @throws ParzenError `report/step`, `report/metrics`. */
  async report(trial: number, step: number, metrics: Metrics): Promise<Verdict> {
    checkReport(step, metrics)
    const attempt = this.state.trials[trial]?.attempts.at(-1)?.number ?? 1
    return this.reportAll(trial, attempt, [{ at: this.#now(), step, metrics: encodeMetrics(metrics) }])
  }

  /**
   * Ends a trial. @returns false if it had already ended: a late worker is told so, not thrown at.
   *
   * @param closing what of its last attempt is to be on record by then.
   */
  async tell(trial: number, outcome: Outcome, closing?: (record: TrialRecord) => readonly Report[]): Promise<boolean> {
    const told = await this.commit((state) => {
      const record = state.running.get(trial)
      if (!record) return { events: [], result: false }
      const reports = closing?.(record) ?? []
      const attempt = record.attempts.length
      const reported: NewEvent[] = reports.length > 0 ? [{ type: 'trial-reported', trial, attempt, reports }] : []
      const known = () => [...record.reports, ...reports.map((report) => ({ ...report, attempt }))]
      const finished: NewEvent = { type: 'trial-finished', trial, outcome: settled(outcome, state.spec, known) }
      return { events: [...reported, finished], result: true }
    }, trial)
    if (this.state.ended === undefined && endReason(this.state) !== undefined) await this.settle()
    return told
  }

  /** How far a trial has to get until it is compared next, if the pruner knows: a rung, or the next comparison of a population. */
  targetStep(trial: number): number | undefined {
    const record = this.state.trials[trial]
    if (!record) return undefined
    const step = record.reports.reduce((most, report) => Math.max(most, report.step), lineageOf(record)?.step ?? 0)
    return this.#desk.target(trial, step)
  }

  /**
   * Ends an attempt that was told to pause: `ask` with `pauses` may give the trial again. @returns false if it was not told so.
   *
   * @param attempt default: the present one; of another one it is false.
   */
  async pause(trial: number, attempt?: number): Promise<boolean> {
    return this.commit((state) => {
      const record = state.running.get(trial)
      const isTold = record?.judged?.verdict === 'pause' && record.state !== 'paused'
      const current = currentAttempt(state, trial)
      if (!isTold || current === undefined || (attempt ?? current) !== current) return { events: [], result: false }
      return { events: [{ type: 'trial-paused', trial, attempt: current }], result: true }
    }, trial)
  }

  /**
   * Lets a paused trial go on that has earned it: its next attempt waits to be launched. @returns its number, if there is one.
   *
   * @param handle of the caller who runs that attempt: then nobody else starts it as well.
   */
  async promote(handle?: Json): Promise<number | undefined> {
    return this.commit((state) => {
      const promotion = this.#promotion(state)
      if (!promotion) return { events: [], result: undefined }
      const { trial, attempt } = promotion
      const promoted: NewEvent = { type: 'trial-promoted', ...promotion }
      const taken: readonly NewEvent[] =
        handle === undefined ? [] : [{ type: 'trial-launched', trial, attempt, handle }]
      return { events: [promoted, ...taken], result: trial }
    })
  }

  #promotion(state: Readonly<StudyState>): ReturnType<Desk['promotion']> {
    if (state.stop || state.ended !== undefined || endReason(state, true) !== undefined) return undefined
    const { seconds } = state.spec?.budget ?? {}
    if (seconds !== undefined && state.busyMilliseconds >= seconds * 1000) return undefined
    return this.#desk.promotion(!mayStart(state) && activeTrials(state).length === 0)
  }

  /** The end of a study that has nothing left to run, if it has not been written yet; what is paused then stays where it is. */
  #ended(state: Readonly<StudyState>, otherwise?: string): NewEvent[] {
    if (state.ended !== undefined) return []
    const goesOn = this.#promotion(state) !== undefined
    const reason = endReason(state, goesOn) ?? (activeTrials(state).length === 0 && !goesOn ? otherwise : undefined)
    if (reason === undefined) return []
    const left = [...state.running.values()].filter((trial) => trial.state === 'paused')
    const pruned = left.map(({ number, judged }): NewEvent => {
      return { type: 'trial-finished', trial: number, outcome: { state: 'pruned', reason: judged?.reason ?? 'paused' } }
    })
    return [...pruned, { type: 'study-ended', reason }]
  }

  /** Ends the study if its budget, target or patience says so. @returns the reason if it has ended. */
  settle(): Promise<string | undefined> {
    return this.commit((state) => {
      const reason = state.ended ?? endReason(state, this.#promotion(state) !== undefined)
      return { events: this.#ended(state), result: reason }
    })
  }

  /** Takes back a stop, or an end whose reason no longer holds. @returns whether trials may start again. */
  resume(): Promise<boolean> {
    return this.commit((state) => {
      const open = { ...state, stop: undefined, ended: undefined }
      const isOver = endReason(open) !== undefined
      const isClosed = state.stop !== undefined || state.ended !== undefined
      const by = this.#options.worker ?? 'local'
      return { events: isClosed && !isOver ? [{ type: 'study-resumed', by }] : [], result: !isOver && mayStart(open) }
    })
  }

  /**
   * The present attempt ended without deciding the trial; its next attempt waits to be launched.
   *
   * @param attempt the one that ended; default: the present one.
   * @returns false if the trial has finished or that attempt is no longer the present one.
   */
  async retry(trial: number, why: Retry, attempt?: number): Promise<boolean> {
    return this.commit((state) => {
      const current = currentAttempt(state, trial)
      if (current === undefined || (attempt ?? current) !== current) return { events: [], result: false }
      return { events: [{ type: 'trial-retried', trial, attempt: current + 1, ...why }], result: true }
    }, trial)
  }

  /** A runner takes over; `aliveUntil` (epoch ms) as in the event. Written only where it says something. */
  async runStarted(aliveUntil: number | undefined): Promise<void> {
    const by = this.#options.worker ?? 'local'
    await this.commit(() => ({
      events: aliveUntil === undefined ? [] : [{ type: 'run-started', by, aliveUntil }],
      result: undefined,
    }))
  }

  /** The executor took an attempt. @returns false if it is not the present one, or has been taken before. */
  async launched(trial: number, attempt: number, handle: Json): Promise<boolean> {
    return this.commit((state) => {
      const current = state.running.get(trial)?.attempts.at(-1)
      if (current?.number !== attempt || current.launchedAt !== undefined) return { events: [], result: false }
      return { events: [{ type: 'trial-launched', trial, attempt, handle }], result: true }
    }, trial)
  }

  #now(): number {
    return (this.#options.now ?? systemNow)()
  }
}

function currentAttempt(state: Readonly<StudyState>, trial: number): number | undefined {
  return state.running.get(trial)?.attempts.at(-1)?.number
}
