import { ParzenError } from '../error.js'
import type { Cause, Json, Metrics, Outcome, Report, StudyEvent, StudySpec } from '../journal/event.js'
import { apply, emptyState, type StudyState } from '../journal/state.js'
import type { Store } from '../journal/store.js'
import { samplerByName } from '../samplers/registry.js'
import type { SamplerFactory } from '../samplers/sampler.js'
import { checkParams } from '../space/check.js'
import type { Params } from '../space/distribution.js'
import { now as systemNow } from './clock.js'
import { differences } from './differences.js'
import { endReason, mayStart } from './limits.js'
import { type Suggester, suggester } from './suggester.js'

/** A trial handed out by `ask`. */
export interface AskedTrial {
  readonly number: number
  readonly params: Params
}

export interface StudyOptions {
  /** Who asks, kept in the journal: host and process, for people. */
  readonly worker?: string
  /** Epoch milliseconds for time stamps. Default: the system's clock. */
  readonly now?: () => number
  /** Instead of the sampler the study's spec names: for samplers that are not in the registry. */
  readonly sampler?: SamplerFactory
}

/**
 * Opens the study named in `spec`, creating it if the store has none of that name: that is all that resuming takes.
 *
 * The budget, the sampler, the pruner and the job of an existing study may differ and are updated (`study-edited`).
 * @throws ParzenError `study/changed` if the space, the objectives or the seed differ.
 */
export async function openStudy(store: Store, spec: StudySpec, options: StudyOptions = {}): Promise<Study> {
  const study = new Study(store, spec.name, options)
  await study.commit((state) => {
    if (!state.spec) return { events: [{ type: 'study-created', spec }], result: undefined }
    const changed = differences(state.spec, spec)
    if (changed.fixed.length > 0) {
      throw new ParzenError(
        'study/changed',
        `study ${spec.name}: expected the ${changed.fixed[0]?.what} it was created with, got a different one: ${changed.fixed.map((d) => d.text).join('; ')}`,
        { hint: 'give the changed sweep another study name, or put back what changed; nothing was lost' },
      )
    }
    return { events: changed.editable ? [{ type: 'study-edited', spec }] : [], result: undefined }
  })
  return study
}

/** Opens a study that exists. @throws ParzenError `study/unknown`. */
export async function findStudy(store: Store, name: string, options: StudyOptions = {}): Promise<Study> {
  const study = new Study(store, name, options)
  await study.sync()
  if (!study.state.spec) {
    const known = await store.list()
    throw new ParzenError('study/unknown', `study ${JSON.stringify(name)}: not in this store`, {
      hint: known.length > 0 ? `it has: ${known.join(', ')}` : 'it has no study yet; `parzen run sweep.yaml` makes one',
    })
  }
  return study
}

/** An event before it is stamped. */
type Unstamped<E> = E extends { readonly at: number } ? Omit<E, 'at'> : never
export type NewEvent = Unstamped<StudyEvent>
interface Decision<T> {
  readonly events: readonly NewEvent[]
  readonly result: T
}

/** The desk: every change to a study is a decision on its state, appended if nobody came first. */
export class Study {
  readonly name: string
  readonly #store: Store
  readonly #options: StudyOptions
  readonly #state: StudyState = emptyState()
  #suggester: Suggester | undefined
  #suggesterSpec: StudySpec | undefined
  /** Callers of one process take turns: a lost race against oneself would only cost a suggestion. */
  #turn: Promise<unknown> = Promise.resolve()

  constructor(store: Store, name: string, options: StudyOptions = {}) {
    this.#store = store
    this.name = name
    this.#options = options
  }

  /** The study as of the last `sync` or commit. Not to be changed. */
  get state(): Readonly<StudyState> {
    return this.#state
  }

  get spec(): StudySpec {
    if (!this.#state.spec) throw new ParzenError('study/unknown', `study ${this.name}: not in this store`)
    return this.#state.spec
  }

  /** Reads what others have written. @returns the new events. */
  sync(): Promise<readonly StudyEvent[]> {
    return this.#inTurn(() => this.#read())
  }

  /** Resolves when the journal may have grown past what this object has seen. */
  changed(signal?: Parameters<Store['changed']>[2]): Promise<void> {
    return this.#store.changed(this.name, this.#state.version, signal)
  }

  /**
   * Decides on the present state and appends the events, again from the start if somebody else appended first.
   *
   * `decide` may run several times and must not have effects of its own.
   */
  commit<T>(decide: (state: Readonly<StudyState>) => Decision<T>): Promise<T> {
    return this.#inTurn(async () => {
      await this.#read()
      for (;;) {
        const { events, result } = decide(this.#state)
        if (events.length === 0 || (await this.#append(events))) return result
        await this.#read()
      }
    })
  }

  /**
   * The next trial to run, already in the journal, or undefined if none is to be started now: the budget is spent, the
   * study has ended or is stopping, or the sampler has nothing left (which ends the study).
   */
  async ask(): Promise<AskedTrial | undefined> {
    return this.commit((state): Decision<AskedTrial | undefined> => {
      if (!mayStart(state)) return { events: [], result: undefined }
      const suggestion = this.#suggesterFor(state).suggest(state)
      if (!suggestion) {
        if (state.running.size > 0) return { events: [], result: undefined }
        return {
          events: [{ type: 'study-ended', reason: 'every point of the space has been tried' }],
          result: undefined,
        }
      }
      const started: NewEvent = {
        type: 'trial-started',
        trial: state.trials.length,
        worker: this.#options.worker ?? 'local',
        ...suggestion,
      }
      return { events: [started], result: { number: started.trial, params: started.params } }
    })
  }

  /** Adds a trial with these values, ahead of the sampler's; missing parameters are drawn when it starts. */
  async enqueue(params: Params): Promise<void> {
    await this.commit((state) => {
      const { spec } = state
      if (spec) checkParams(spec.space, params, ['params'])
      return { events: [{ type: 'trial-queued', params }], result: undefined }
    })
  }

  /** Records reports of the current attempt; ignored if the trial has finished or another attempt runs. */
  async reportAll(trial: number, attempt: number, reports: readonly Report[], cursor?: Json): Promise<void> {
    await this.commit((state) => ({
      events:
        state.running.get(trial)?.attempts.at(-1)?.number === attempt && (reports.length > 0 || cursor !== undefined)
          ? [{ type: 'trial-reported', trial, attempt, reports, ...(cursor === undefined ? {} : { cursor }) }]
          : [],
      result: undefined,
    }))
  }

  /** Records metrics of one step. */
  async report(trial: number, step: number, metrics: Metrics): Promise<void> {
    const attempt = this.#state.trials[trial]?.attempts.at(-1)?.number ?? 1
    await this.reportAll(trial, attempt, [{ at: this.#now(), step, metrics: encodeMetrics(metrics) }])
  }

  /** Ends a trial. @returns false if it had already ended: a late worker is told so, not thrown at. */
  async tell(trial: number, outcome: Outcome): Promise<boolean> {
    const told = await this.commit((state) => ({
      events: state.running.has(trial)
        ? [{ type: 'trial-finished', trial, outcome: asFinite(outcome, state.spec) }]
        : [],
      result: state.running.has(trial),
    }))
    await this.settle()
    return told
  }

  /** Ends the study if its budget, target or patience says so. @returns the reason if it has ended. */
  settle(): Promise<string | undefined> {
    return this.commit((state) => {
      if (state.ended !== undefined) return { events: [], result: state.ended }
      const reason = endReason(state)
      return { events: reason === undefined ? [] : [{ type: 'study-ended', reason }], result: reason }
    })
  }

  /** The trial's present attempt ended without deciding it; its next attempt waits to be launched. */
  async retry(
    trial: number,
    why: { cause: Cause; message: string; fault: 'user' | 'infrastructure'; notBefore?: number },
  ): Promise<boolean> {
    return this.commit((state) => {
      const record = state.running.get(trial)
      if (!record) return { events: [], result: false }
      return { events: [{ type: 'trial-retried', trial, attempt: record.attempts.length + 1, ...why }], result: true }
    })
  }

  /** The executor took an attempt. */
  async launched(trial: number, attempt: number, handle: Json): Promise<void> {
    await this.commit(() => ({ events: [{ type: 'trial-launched', trial, attempt, handle }], result: undefined }))
  }

  #suggesterFor(state: Readonly<StudyState>): Suggester {
    const spec = state.spec as StudySpec
    if (!this.#suggester || this.#suggesterSpec !== spec) {
      this.#suggester = suggester(spec, this.#options.sampler ?? samplerByName(spec.sampler))
      this.#suggesterSpec = spec
    }
    return this.#suggester
  }

  async #read(): Promise<readonly StudyEvent[]> {
    const events = await this.#store.read(this.name, this.#state.version)
    for (const event of events) apply(this.#state, event)
    return events
  }

  async #append(events: readonly NewEvent[]): Promise<boolean> {
    const at = this.#now()
    // through JSON, so that this process sees exactly what a reader of the store will (no -0, no undefined)
    const stamped = JSON.parse(JSON.stringify(events.map((event) => ({ at, ...event })))) as StudyEvent[]
    if (!(await this.#store.append(this.name, this.#state.version, stamped))) return false
    for (const event of stamped) apply(this.#state, event)
    return true
  }

  #now(): number {
    return (this.#options.now ?? systemNow)()
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#turn.then(work)
    this.#turn = mine.catch(() => undefined)
    return mine
  }
}

/** NaN and infinities are no result: such a trial has failed. Also guards the number of values. */
function asFinite(outcome: Outcome, spec: StudySpec | undefined): Outcome {
  if (outcome.state !== 'complete') return outcome
  const wanted = spec?.objectives.length ?? 1
  if (outcome.values.length !== wanted) {
    throw new ParzenError('tell/values', `tell: expected ${wanted} value(s), got ${outcome.values.length}`)
  }
  const bad = [...outcome.values, ...(outcome.constraints ?? [])].find((value) => !Number.isFinite(value))
  return bad === undefined ? outcome : { state: 'failed', cause: 'nan', message: `the result was ${String(bad)}` }
}

/** JSON has no NaN and no infinities: they travel by name. */
export function encodeMetrics(metrics: Metrics): Report['metrics'] {
  return Object.fromEntries(
    Object.entries(metrics).map(([name, value]) => [
      name,
      Number.isFinite(value) ? value : (String(value) as 'NaN' | 'Infinity' | '-Infinity'),
    ]),
  )
}

export function decodeMetrics(metrics: Report['metrics']): Metrics {
  return Object.fromEntries(Object.entries(metrics).map(([name, value]) => [name, Number(value)]))
}
