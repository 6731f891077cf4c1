import type { StudyState, TrialRecord } from '../journal/state.js'

export interface Best {
  readonly trial: TrialRecord
  readonly value: number
  /** Its place among the finished trials, in the order they finished. */
  readonly index: number
}

/** The best complete and feasible trial by the first objective; of equal ones the first. */
export function best(state: Pick<StudyState, 'finished' | 'spec'>): Best | undefined {
  const sign = state.spec?.objectives[0]?.direction === 'maximize' ? -1 : 1
  let found: Best | undefined
  state.finished.forEach((trial, index) => {
    const { outcome } = trial
    if (outcome?.state !== 'complete' || outcome.constraints?.some((c) => c > 0)) return
    const value = outcome.values[0] as number
    if (!found || sign * value < sign * found.value) found = { trial, value, index }
  })
  return found
}
