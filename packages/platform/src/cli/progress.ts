import { isFeasible, type StudyState } from '@parzen/core'

/** How far a study is, by whichever limit of its budget it is nearer to. */
export interface Progress {
  readonly done: number
  readonly total: number | undefined
  /** In [0, 1]; undefined if nothing limits the study. */
  readonly fraction: number | undefined
  /** Milliseconds in which at least one trial ran, in all runs together. */
  readonly elapsed: number
  /** Milliseconds still needed at the pace so far; undefined until a trial has finished. */
  readonly left: number | undefined
}

export function progressOf(state: Readonly<StudyState>, now: number): Progress {
  const budget = state.spec?.budget ?? {}
  const done = state.finished.length
  const elapsed = state.busyMilliseconds + (state.running.size > 0 ? Math.max(0, now - state.lastEventAt) : 0)
  const byTrials =
    budget.trials === undefined
      ? undefined
      : { fraction: done / budget.trials, left: leftOf(done, budget.trials, state) }
  const limit = budget.seconds === undefined ? undefined : budget.seconds * 1000
  const byTime = limit === undefined ? undefined : { fraction: elapsed / limit, left: Math.max(0, limit - elapsed) }
  const fractions = [byTrials?.fraction, byTime?.fraction].filter((f) => f !== undefined)
  const lefts = [byTrials?.left, byTime?.left].filter((l) => l !== undefined)
  return {
    done,
    total: budget.trials,
    fraction: fractions.length > 0 ? Math.min(1, Math.max(...fractions)) : undefined,
    elapsed,
    left: lefts.length > 0 ? Math.min(...lefts) : undefined,
  }
}

/** By the mean time between two ends of trials so far, which parallel slots shorten. */
function leftOf(done: number, total: number, state: Readonly<StudyState>): number | undefined {
  return done === 0 ? undefined : (state.busyMilliseconds / done) * Math.max(0, total - done)
}

/** The best value after each finished trial, from the first complete and feasible one on. */
export function bestSoFar(state: Pick<StudyState, 'finished' | 'spec'>): number[] {
  const sign = state.spec?.objectives[0]?.direction === 'maximize' ? -1 : 1
  const values: number[] = []
  let least = Number.POSITIVE_INFINITY
  for (const { outcome } of state.finished) {
    if (isFeasible(outcome)) {
      least = Math.min(least, sign * (outcome.values[0] as number))
    }
    if (least < Number.POSITIVE_INFINITY) values.push(sign * least)
  }
  return values
}
