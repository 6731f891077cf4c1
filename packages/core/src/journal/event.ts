import type { Choice, Params, Space } from '../space/distribution.js'

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }
export type Direction = 'minimize' | 'maximize'

/** One thing to optimise: the name of a reported metric and which way is better. */
export interface Objective {
  readonly metric: string
  readonly direction: Direction
}

/** A metric that has to keep a bound, for the trial to count. */
export type Constraint = { readonly metric: string } & ({ readonly atMost: number } | { readonly atLeast: number })

/** A sampler or pruner by its name in the registry, with its options. */
export interface Named {
  readonly name: string
  readonly [option: string]: Json
}

export interface Budget {
  /** Trials to start, in all runs together. */
  readonly trials?: number
  /** Trials running at the same time. */
  readonly parallel?: number
  /** Time in which at least one trial ran, in all runs together. */
  readonly seconds?: number
  /** End when the first objective is at least this good. */
  readonly target?: number
  /** End after this many finished trials in a row without a better one. */
  readonly patience?: number
  /** End when 20 more trials are expected to improve the best by less than this, in units of the objective. */
  readonly gain?: number
}

/** A value somebody expects to be near the best one. */
export interface Belief {
  readonly value: Choice
  /** How far from it the best may well be: a standard deviation as a share of the range, 0.15 if left out; not of categories. */
  readonly sd?: number
}

/** All that decides a study; plain data, stored in its first event. */
export interface StudySpec {
  /** Unique in its store. */
  readonly name: string
  readonly space: Space
  readonly objectives: readonly Objective[]
  /** In the order of `Outcome.constraints`. A study may have outcomes with constraints that are not named here. */
  readonly constraints?: readonly Constraint[]
  readonly seed: number
  readonly sampler: Named
  readonly pruner: Named
  readonly budget: Budget
  /** Where a person expects good values, by name; what is left out is not known. */
  readonly prior?: { readonly [name: string]: Belief }
  /** What trials had before a parameter was added to the space, so that they still count. */
  readonly earlier?: Params
  /** How to run a trial (command, resources, retries, metrics), opaque to the core. */
  readonly job?: Json
}

export type Cause = 'exit' | 'timeout' | 'memory' | 'nan' | 'lost' | 'killed'

export type Outcome =
  /** `values`: one finite number an objective. `constraints`: feasible at <= 0. */
  | { readonly state: 'complete'; readonly values: readonly number[]; readonly constraints?: readonly number[] }
  | { readonly state: 'pruned'; readonly reason: string }
  | { readonly state: 'failed'; readonly cause: Cause; readonly message: string }

export type Metrics = { readonly [name: string]: number }

/** What the one who reports should do: go on, end (`prune`: for good; `pause`: maybe not), or nothing: the trial has `ended`. */
export type Verdict = 'continue' | 'prune' | 'pause' | 'ended'

/** What a trial measured at one step; non-finite numbers are strings, since JSON has none ("NaN", "Infinity"). */
export interface Report {
  readonly at: number
  readonly step: number
  readonly metrics: { readonly [name: string]: number | 'NaN' | 'Infinity' | '-Infinity' }
}

export interface StudyNote {
  readonly tags?: readonly string[] | undefined
  readonly note?: string | undefined
  readonly archived?: boolean | undefined
  /** Not shown any more; it can be brought back. */
  readonly deleted?: boolean | undefined
}

export interface TrialNote {
  readonly tags?: readonly string[] | undefined
  readonly note?: string | undefined
  readonly pinned?: boolean | undefined
}

/** What happened, in the past tense; `at` in epoch milliseconds; never rewritten. */
export type StudyEvent = { readonly at: number } /** `owner`: who made it, for people. */ & (
  | { readonly type: 'study-created'; readonly spec: StudySpec; readonly owner?: string }
  /** Asked for by a person; missing active parameters are drawn when the trial starts. */
  | { readonly type: 'trial-queued'; readonly params: Params }
  /** Results of another study that samplers observe before this one's own; they are no trials and cost no budget. */
  | {
      readonly type: 'results-imported'
      readonly from: string
      readonly results: readonly { readonly params: Params; readonly values: readonly number[] }[]
    }
  /**
   * Written before anything is launched. `seen`: the journal version the suggestion was made on, which may be older
   * than this event's own. `queued`: index of the `trial-queued` it answers.
   */
  | {
      readonly type: 'trial-started'
      /** Name and version of what made the suggestion, `tpe/1`: a later version may lawfully make another. */
      readonly sampler?: string
      readonly trial: number
      readonly params: Params
      readonly seen: number
      readonly worker: string
      readonly memo?: Json
      readonly queued?: number
    }
  /**
   * A runner took over. `aliveUntil`: the last sign of life of the attempts it found, if some were marked as running:
   * the time after that, when nobody ran, is not the study's.
   */
  | { readonly type: 'run-started'; readonly by: string; readonly aliveUntil?: number }
  /** The executor took attempt `attempt` (from 1); its handle lets a successor wait for it or kill it. */
  | { readonly type: 'trial-launched'; readonly trial: number; readonly attempt: number; readonly handle: Json }
  /**
   * `cursor`: where the reader of the trial's output stands after these reports, so that none is read twice; who keeps that
   * elsewhere leaves it out.
   */
  | {
      readonly type: 'trial-reported'
      readonly trial: number
      readonly attempt: number
      readonly reports: readonly Report[]
      readonly cursor?: Json
    }
  /**
   * What the pruner said of the report at `step`, in the same append as that. `prune`: the attempt is to end, and the trial with
   * it; `pause`: the attempt is to end, and the trial may go on later; `spare`: it would have been one of both, but goes on by
   * the draw that lets some through, and is not judged again.
   */
  | {
      readonly type: 'trial-judged'
      readonly trial: number
      readonly attempt: number
      readonly step: number
      readonly verdict: 'prune' | 'pause' | 'spare'
      readonly reason: string
    }
  /** The attempt that was told to pause has ended. */
  | { readonly type: 'trial-paused'; readonly trial: number; readonly attempt: number }
  /** A paused trial goes on with attempt `attempt`, from its checkpoints; that is no retry. */
  | { readonly type: 'trial-promoted'; readonly trial: number; readonly attempt: number; readonly reason: string }
  /** The attempt before `attempt` ended without deciding the trial; attempt `attempt` may be launched from `notBefore` on. */
  | {
      readonly type: 'trial-retried'
      readonly trial: number
      readonly attempt: number
      readonly cause: Cause
      readonly message: string
      readonly notBefore?: number
      /** Its own fault (counted against the retries of its cause), or the machine's or the user's Ctrl-C. */
      readonly fault: 'user' | 'infrastructure'
    }
  | { readonly type: 'trial-stop-requested'; readonly trial: number; readonly by: string }
  | { readonly type: 'trial-finished'; readonly trial: number; readonly outcome: Outcome }
  | { readonly type: 'study-edited'; readonly spec: StudySpec }
  /** `now`: also end what runs, to be continued by the next run; otherwise only nothing new is started. */
  | { readonly type: 'study-stop-requested'; readonly by: string; readonly now: boolean }
  | { readonly type: 'study-ended'; readonly reason: string }
  /** What people keep beside a study or a trial; what an event leaves out stays as it was. Nothing is decided by it. */
  | ({ readonly type: 'study-noted'; readonly by: string } & StudyNote)
  | ({ readonly type: 'trial-noted'; readonly trial: number; readonly by: string } & TrialNote)
  /** Takes back `study-stop-requested` and `study-ended`. */
  | { readonly type: 'study-resumed'; readonly by: string }
)
