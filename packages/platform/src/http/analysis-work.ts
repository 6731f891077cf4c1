import {
  analyze,
  comparison,
  type DependenceOptions,
  partialDependence,
  type StudyEvent,
  type StudyState,
} from '@parzen/core'

/** What is computed of a study's trials and may take a while; plain data, since it may be done in another thread. */
export type Work =
  | { readonly kind: 'analysis' }
  | { readonly kind: 'dependence'; readonly names: readonly string[]; readonly options: DependenceOptions }
  | { readonly kind: 'comparison'; readonly trials: readonly number[]; readonly objective: number }

export function workOn(state: Readonly<StudyState>, work: Work): unknown {
  switch (work.kind) {
    case 'analysis':
      return analyze(state)
    case 'dependence':
      return partialDependence(state, work.names, work.options) ?? null
    case 'comparison':
      return comparison(state, work.trials, work.objective)
  }
}

/** What the thread is sent: the events of a study it has not seen, what to do, and which studies it need not keep. */
export interface WorkRequest {
  readonly study: string
  readonly events: readonly StudyEvent[]
  readonly work: Work
  readonly forget: readonly string[]
}

export type WorkReply =
  | { readonly result: unknown }
  | { readonly code: string; readonly message: string; readonly path: readonly (string | number)[] }
