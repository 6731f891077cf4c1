import type { Outcome, Store, Study, TrialRecord } from '@parzen/core'

/** What a person watching wants to know, as it happens; the same facts are in the journal. */
export type RunnerEvent =
  | { readonly type: 'adopted'; readonly trial: number }
  | { readonly type: 'started'; readonly trial: TrialRecord }
  | { readonly type: 'reported'; readonly trial: TrialRecord }
  | { readonly type: 'retried'; readonly trial: TrialRecord; readonly message: string }
  | { readonly type: 'finished'; readonly trial: TrialRecord; readonly outcome: Outcome }
  | { readonly type: 'warning'; readonly message: string }

export interface RunOptions {
  readonly study: Study
  readonly store: Store
  /** Absolute; `<root>/studies/<study>/trial-0007/attempt-1/…` */
  readonly root: string
  readonly onEvent?: (event: RunnerEvent) => void
}

export interface Running {
  /** Resolves when nothing runs any more and nothing more is to be started; the reason if the study has ended. */
  readonly done: Promise<string | undefined>
  /** No new trials; running ones finish. */
  drain(): void
  /** Ends what runs, marked so that the next run continues it. */
  interrupt(): void
}

/** Runs a study's trials until its budget is spent or it is stopped. */
export declare function run(options: RunOptions): Running
