import { ParzenError } from '../error.js'
import type { Metrics, Outcome, Verdict } from '../journal/event.js'
import { parentOf } from '../journal/lineage.js'
import type { AbortSignalLike } from '../journal/store.js'
import type { TypedSpace } from '../space/build.js'
import { nest } from '../space/nest.js'
import { show } from '../space/place.js'
import { checkReport } from './metrics.js'
import type { Study } from './study.js'

/** What an objective may do besides returning its value. */
export interface TrialContext {
  readonly number: number
  /** From 1; more if the trial was interrupted, or goes on after a pause. */
  readonly attempt: number
  /** In population-based training: the trial whose model this one is to go on from. */
  readonly parent: number | undefined
  /**
   * Records metrics of one step; a number is recorded as `value`. @returns `prune` or `pause` if the pruner sees no sense in going on:
   * the objective then returns `'pruned'`. After a pause it may be called again for the same trial, to go on.
   */
  report(step: number, metrics: number | Metrics): Promise<Verdict>
  /** Why it is not to go on, in the pruner's words; undefined while it is. */
  readonly reason: string | undefined
  /** Aborts when `minimize` is aborted: an objective that looks at it ends sooner. */
  readonly signal: AbortSignalLike | undefined
}

/** What an objective returns: the value, the value with constraints (feasible at <= 0) and metrics to keep, or that it gave up. */
export type Returned =
  | number
  | 'pruned'
  | { readonly value: number; readonly constraints?: readonly number[]; readonly metrics?: Metrics }

export type Objective<T> = (params: T, trial: TrialContext) => Returned | Promise<Returned>

/** What is the same for all trials of one `minimize`. */
export interface Call<T> {
  readonly study: Study
  readonly objective: Objective<T>
  readonly space: TypedSpace<T>
  readonly signal: AbortSignalLike | undefined
}

/** Calls the objective for one trial. @returns undefined if aborted first; what it still does is then ignored. */
export async function runTrial<T>(
  { study, objective, space, signal }: Call<T>,
  number: number,
): Promise<Outcome | undefined> {
  const record = study.state.running.get(number)
  if (!record) return undefined
  const attempt = record.attempts.length
  await study.launched(number, attempt, null)
  const reports: Promise<unknown>[] = []
  let isOver = false
  let step = -1
  let misuse: unknown
  const context: TrialContext = {
    number,
    attempt,
    parent: parentOf(record),
    signal,
    get reason() {
      return study.reason(number)
    },
    report(at, given) {
      if (isOver) return Promise.resolve('ended')
      const metrics = typeof given === 'number' ? { value: given } : given
      try {
        checkReport(at, metrics)
      } catch (error) {
        misuse ??= error
        const refused = Promise.reject(error)
        // whoever does not wait for the answer learns of it by the trial's failure
        refused.catch(() => undefined)
        return refused
      }
      step = Math.max(step, at)
      const reported = study.report(number, at, metrics)
      reports.push(reported)
      return reported
    },
  }
  const settled = settle(async () => objective(nest(space, record.params) as T, context))
  const result = await orAborted(settled, signal)
  isOver = true
  await Promise.all(reports)
  if (!result) return undefined
  const error = 'error' in result ? result.error : misuse
  if (error !== undefined) return failedBy(error)
  const { returned } = result as Extract<Settled, { returned: Returned }>
  if (returned === 'pruned') {
    return { state: 'pruned', reason: study.reason(number) ?? 'the objective gave up' }
  }
  if (typeof returned === 'object' && returned?.metrics && Object.keys(returned.metrics).length > 0) {
    try {
      await study.report(number, step + 1, returned.metrics)
    } catch (error) {
      if (error instanceof ParzenError && error.code === 'report/metrics') return failedBy(error)
      throw error
    }
  }
  return outcomeOf(returned)
}

type Settled = { readonly returned: Returned } | { readonly error: unknown }

async function settle(run: () => Promise<Returned>): Promise<Settled> {
  try {
    return { returned: await run() }
  } catch (error) {
    return { error }
  }
}

async function orAborted(settled: Promise<Settled>, signal: AbortSignalLike | undefined): Promise<Settled | undefined> {
  if (!signal) return settled
  let stop = () => {}
  const aborted = new Promise<undefined>((resolve) => {
    stop = () => resolve(undefined)
    signal.addEventListener('abort', stop)
    if (signal.aborted) stop()
  })
  try {
    return await Promise.race([settled, aborted])
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

function outcomeOf(returned: Exclude<Returned, 'pruned'>): Outcome {
  const value: unknown = typeof returned === 'object' ? returned?.value : returned
  if (typeof value !== 'number') {
    return { state: 'failed', cause: 'exit', message: `expected a number from the objective, got ${show(value)}` }
  }
  const constraints = typeof returned === 'object' ? returned.constraints : undefined
  return { state: 'complete', values: [value], ...(constraints ? { constraints } : {}) }
}

function failedBy(error: unknown): Outcome {
  return { state: 'failed', cause: 'exit', message: messageOf(error) }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message || error.name : String(error)
}
