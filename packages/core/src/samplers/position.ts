import type { Json } from '../journal/event.js'
import type { TrialRecord } from '../journal/state.js'

/** The place of each trial in a sequence, kept in the memo under `key`. */
export interface Positions {
  add(finished: readonly TrialRecord[]): void
  /** The first place after all that finished and running trials hold: 0 if none does. */
  next(running: readonly TrialRecord[]): number
}

export function positions(key: string): Positions {
  let last = -1
  const lastOf = (trials: readonly TrialRecord[], from: number) =>
    trials.reduce((most, { memo }) => Math.max(most, positionIn(memo, key)), from)
  return {
    add(finished) {
      last = lastOf(finished, last)
    },
    next: (running) => lastOf(running, last) + 1,
  }
}

function positionIn(memo: Json | undefined, key: string): number {
  if (typeof memo !== 'object' || memo === null || Array.isArray(memo)) return -1
  const position = (memo as { readonly [key: string]: Json })[key]
  return typeof position === 'number' ? position : -1
}
