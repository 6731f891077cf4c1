import type { TrialRow } from '@parzen/core'
import { narrowed, readable } from './filter-terms.js'

export const trialStates = ['complete', 'running', 'waiting', 'paused', 'pruned', 'failed'] as const
export type ShownState = (typeof trialStates)[number]

/** How many trials are in each state. */
export function countStates(rows: readonly TrialRow[]): { readonly [S in ShownState]: number } {
  const counts = { complete: 0, running: 0, waiting: 0, paused: 0, pruned: 0, failed: 0 }
  for (const { state } of rows) counts[state]++
  return counts
}

/** The states a filter asks for by themselves; all of them if it says nothing of states. */
export function wantedStates(filter: string): ReadonlySet<ShownState> {
  const terms = readable(filter).filter(({ names }) => names.size === 1 && names.has('state'))
  return new Set(trialStates.filter((state) => terms.every(({ passes }) => passes({ state } as TrialRow))))
}

/** The filter with a state more, or less: of all of them, that one alone. */
export function toggledState(filter: string, state: ShownState): string {
  const wanted = wantedStates(filter)
  const isAll = wanted.size === trialStates.length
  const next = trialStates.filter((one) => (isAll ? one === state : wanted.has(one) !== (one === state)))
  if (next.length === 0 || next.length === trialStates.length) return narrowed(filter, 'state', '')
  return narrowed(filter, 'state', next.length === 1 ? `state = ${next[0]}` : `state in (${next.join(', ')})`)
}
