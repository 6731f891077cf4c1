import { isFeasible, type StudyState } from '@parzen/core'

/** The best value so far of a study, as a staircase: a point where it becomes better, and one where it stands now. */
export interface BestCurve {
  readonly study: string
  /** Trials that had ended. */
  readonly trials: readonly number[]
  /** Seconds since the first of them began. */
  readonly seconds: readonly number[]
  readonly values: readonly number[]
}

/** Of the first objective; empty without a complete, feasible trial. */
export function bestCurve({ spec, finished, trials: started }: Readonly<StudyState>): BestCurve {
  const isGreaterBetter = spec?.objectives[0]?.direction === 'maximize'
  const from = started[0]?.startedAt ?? 0
  const [trials, seconds, values]: [number[], number[], number[]] = [[], [], []]
  let last = from
  for (const [i, { outcome, finishedAt = from }] of finished.entries()) {
    last = Math.max(last, finishedAt)
    if (!isFeasible(outcome)) continue
    const value = outcome.values[0] as number
    const best = values.at(-1)
    if (best !== undefined && (isGreaterBetter ? value <= best : value >= best)) continue
    trials.push(i + 1)
    seconds.push((last - from) / 1000)
    values.push(value)
  }
  const now = values.at(-1)
  if (now !== undefined) {
    trials.push(finished.length)
    seconds.push((last - from) / 1000)
    values.push(now)
  }
  return { study: spec?.name ?? '', trials, seconds, values }
}

/** The value of a staircase there; undefined before its first point. @param places ascending */
export function valueThere(places: readonly number[], values: readonly number[], x: number): number | undefined {
  let found: number | undefined
  for (const [i, place] of places.entries()) {
    if (place > x) break
    found = values[i]
  }
  return found
}
