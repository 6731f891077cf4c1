import { ParzenError } from '../error.js'
import type { Direction, Named, Outcome, StudySpec } from '../journal/event.js'
import { memoryStore } from '../journal/memory-store.js'
import { activeTrials, type TrialRecord } from '../journal/state.js'
import type { AbortSignalLike, Store } from '../journal/store.js'
import { defaultSampler } from '../samplers/registry.js'
import type { SamplerFactory } from '../samplers/sampler.js'
import type { TypedSpace } from '../space/build.js'
import { didYouMean } from '../space/closest.js'
import type { Params } from '../space/distribution.js'
import { nest } from '../space/nest.js'
import { show } from '../space/place.js'
import { type Call, type Objective, runTrial } from './objective.js'
import { openStudy } from './open-study.js'
import type { Study } from './study.js'

export interface MinimizeOptions<T> {
  /** Made with `space({ … })`. */
  readonly space: TypedSpace<T>
  /** Trials to start; with a store of one's own: in all calls together. */
  readonly maxTrials?: number
  readonly maxSeconds?: number
  /** End when a value is at least this good. */
  readonly target?: number
  /** End after so many finished trials in a row without a better one. */
  readonly patience?: number
  /** End when 20 more trials are expected to improve the best by less than this. */
  readonly gain?: number
  /** Objectives running at the same time, for asynchronous ones. Default 1. */
  readonly parallel?: number
  /** A name, a name with options, or a sampler of one's own (which `verify` must then be given too). */
  readonly sampler?: string | Named | SamplerFactory
  /** Which trials are not worth going on with, by what they report; a name, or a name with options. Default none. */
  readonly pruner?: string | Named
  /** Default 0. The same seed gives the same trials, if `parallel` is 1. */
  readonly seed?: number
  /** Default `minimize`. */
  readonly direction?: Direction
  readonly signal?: AbortSignalLike
  /** Where the study is kept, to be continued by a later call. Default: memory. One caller at a time. */
  readonly store?: Store
  /** Of the study in its store. Default `minimize`. */
  readonly name?: string
  /** Called after each trial, in the order they finish. */
  readonly onTrial?: (trial: TrialRecord) => void
}

export interface Minimized<T> {
  readonly best: { readonly number: number; readonly params: Params; readonly nested: T; readonly value: number }
  /** By number. */
  readonly trials: readonly TrialRecord[]
  readonly study: Study
}

/**
 * Looks for the parameters that make `objective` least (or greatest: `direction`), in this process.
 *
 * An exception or a result that is no finite number is a failed trial, not the end. Resolves when the budget is spent or
 * `signal` aborts; trials that were running then are tried again by the next call with the same store.
 * @throws ParzenError `minimize/result` if no trial gave a value, `minimize/options`, and what `openStudy` throws.
 */
export async function minimize<T>(objective: Objective<T>, options: MinimizeOptions<T>): Promise<Minimized<T>> {
  checkOptions(options ?? {})
  const { store = memoryStore(), sampler, signal, parallel = 1, onTrial } = options
  const study = await openStudy(store, specOf(options), {
    worker: 'minimize',
    ...(typeof sampler === 'function' ? { sampler } : {}),
  })
  const interrupted = activeTrials(study.state).map(({ number }) => number)
  for (const number of interrupted) await study.retry(number, retried('lost', 'the process that ran it ended'))

  let isBroken = false
  const call: Call<T> = { study, objective, space: options.space, signal }
  const work = async () => {
    while (!signal?.aborted && !isBroken) {
      const number = interrupted.shift() ?? (await study.ask({ pauses: true }))?.number
      if (number === undefined) return
      const outcome = await runTrial(call, number)
      // nothing has been decided of a trial that was told to pause
      if (outcome?.state === 'pruned' && (await study.pause(number))) continue
      if (outcome) await study.tell(number, outcome)
      else await study.retry(number, retried('killed', 'aborted'))
      if (outcome) onTrial?.(study.state.trials[number] as TrialRecord)
    }
  }
  await Promise.all(
    Array.from({ length: parallel }, () =>
      work().catch((error: unknown) => {
        isBroken = true
        throw error
      }),
    ),
  )
  return resultOf(study, options.space)
}

function retried(cause: 'lost' | 'killed', message: string) {
  return { cause, message, fault: 'infrastructure' as const }
}

const OPTIONS: { readonly [name in keyof MinimizeOptions<unknown>]-?: true } = {
  ...{ space: true, maxTrials: true, maxSeconds: true, target: true, patience: true, gain: true, parallel: true },
  ...{ sampler: true, pruner: true, seed: true, direction: true, signal: true, store: true, name: true, onTrial: true },
}

/** Types say the same; not everybody has them. */
function checkOptions<T>(options: MinimizeOptions<T>): void {
  const { space, maxTrials, parallel = 1, direction = 'minimize', ...limits } = options
  const names = Object.keys(OPTIONS)
  const unknown = Object.keys(options).find((name) => !names.includes(name))
  if (unknown !== undefined) {
    throw new ParzenError('minimize/options', `minimize: expected known options, got ${show(unknown)}`, {
      hint: didYouMean(unknown, names),
    })
  }
  if (direction !== 'minimize' && direction !== 'maximize') {
    throw new ParzenError('minimize/options', `direction: expected minimize or maximize, got ${show(direction)}`)
  }
  const isFlat = typeof space === 'object' && Object.values(space).every((parameter) => parameter?.kind !== undefined)
  if (!isFlat || Object.keys(space).length === 0) {
    throw new ParzenError('minimize/options', `minimize: expected a space made with space({ … }), got ${show(space)}`)
  }
  const { maxSeconds, target, patience, gain, signal } = limits
  if ([maxTrials, maxSeconds, target, patience, gain, signal].every((limit) => limit === undefined)) {
    throw new ParzenError('minimize/options', 'minimize: expected something that ends it, got no limit', {
      hint: 'give maxTrials, maxSeconds, target, patience, gain or a signal',
    })
  }
  for (const [name, value] of Object.entries({ maxSeconds, target, gain })) {
    if (value !== undefined && !(Number.isFinite(value) && (name === 'target' || value > 0))) {
      throw new ParzenError('minimize/options', `minimize: expected ${name} to be a finite number, got ${show(value)}`)
    }
  }
  for (const [name, value] of Object.entries({ maxTrials, parallel, patience })) {
    if (value !== undefined && !(Number.isInteger(value) && value > 0)) {
      throw new ParzenError(
        'minimize/options',
        `minimize: expected ${name} to be a whole number above 0, got ${show(value)}`,
      )
    }
  }
}

function specOf<T>(options: MinimizeOptions<T>): StudySpec {
  const { space, maxTrials, maxSeconds, target, patience, gain, sampler = defaultSampler, pruner = 'none' } = options
  return {
    name: options.name ?? 'minimize',
    space,
    objectives: [{ metric: 'value', direction: options.direction ?? 'minimize' }],
    seed: options.seed ?? 0,
    sampler:
      typeof sampler === 'string' ? { name: sampler } : typeof sampler === 'function' ? { name: 'custom' } : sampler,
    pruner: typeof pruner === 'string' ? { name: pruner } : pruner,
    budget: {
      ...(maxTrials === undefined ? {} : { trials: maxTrials }),
      ...(maxSeconds === undefined ? {} : { seconds: maxSeconds }),
      ...(target === undefined ? {} : { target }),
      ...(patience === undefined ? {} : { patience }),
      ...(gain === undefined ? {} : { gain }),
    },
  }
}

function resultOf<T>(study: Study, space: TypedSpace<T>): Minimized<T> {
  const { best, trials } = study.state
  if (!best) {
    const last = trials.findLast((trial) => trial.outcome?.state === 'failed')?.outcome as
      | Extract<Outcome, { state: 'failed' }>
      | undefined
    const why = last ? `the last one: ${last.message}` : undefined
    throw new ParzenError(
      'minimize/result',
      `minimize: expected at least one trial with a value, got none of ${trials.length}`,
      { hint: why },
    )
  }
  const { number, params } = best.trial
  return { best: { number, params, nested: nest(space, params) as T, value: best.value }, trials, study }
}
