import type { TrialRow } from '@parzen/core'

/** A stretch of time in which an attempt of a trial took up a slot; epoch milliseconds. */
export interface Bar {
  readonly row: TrialRow
  readonly attempt: number
  readonly from: number
  readonly to: number
  /** The trial's state for the attempt that decided it; `retried` for the ones before. */
  readonly state: string
}

/** The attempts of trials, by when they began. What was asked for and told has no launch: its trial's own time then. @param now the end of what still runs */
export function barsOf(rows: readonly TrialRow[], now: number): Bar[] {
  const bars = rows.flatMap((row) =>
    row.attempts.flatMap(({ number, launchedAt, endedAt }, i): Bar[] => {
      const isLast = i === row.attempts.length - 1
      // of a short attempt the launch is written with its end, at the same moment: it ran since its trial was started
      const isUnknown =
        launchedAt === null ? row.attempts.length === 1 && row.state !== 'waiting' : launchedAt === endedAt
      const from = i === 0 && isUnknown ? row.startedAt : launchedAt
      if (from === null) return []
      const to = Math.max(from, endedAt ?? row.finishedAt ?? now)
      return [{ row, attempt: number, from, to, state: isLast ? row.state : 'retried' }]
    }),
  )
  return bars.sort((a, b) => a.from - b.from)
}

/**
 * The lane of each bar: the first that is free when it begins, so that there are as many lanes as were busy at once.
 * @param bars by when they begin. O(bars · lanes).
 */
export function lanesOf(bars: readonly Pick<Bar, 'from' | 'to'>[]): {
  readonly lanes: Int32Array
  readonly count: number
} {
  const free: number[] = []
  const lanes = Int32Array.from(bars, ({ from, to }) => {
    const found = free.findIndex((until) => until <= from)
    const lane = found === -1 ? free.length : found
    free[lane] = Math.max(to, from)
    return lane
  })
  return { lanes, count: free.length }
}

/** The share of the lanes' time, from the first bar to the end of the last, in which they were taken. */
export function busyShare(bars: readonly Pick<Bar, 'from' | 'to'>[], count: number): number {
  let [from, to, busy] = [Infinity, -Infinity, 0]
  for (const bar of bars) {
    from = Math.min(from, bar.from)
    to = Math.max(to, bar.to)
    busy += bar.to - bar.from
  }
  return to > from && count > 0 ? busy / ((to - from) * count) : 0
}
