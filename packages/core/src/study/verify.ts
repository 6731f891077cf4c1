import type { StudyEvent, StudySpec } from '../journal/event.js'
import { apply, emptyState } from '../journal/state.js'
import { samplerByName } from '../samplers/registry.js'
import type { SamplerFactory } from '../samplers/sampler.js'
import { type Suggester, suggester } from './suggester.js'

export interface Verification {
  /** Suggestions made again and compared. */
  readonly checked: number
  readonly mismatches: readonly { readonly trial: number; readonly stored: string; readonly again: string }[]
}

/**
 * Makes every suggestion of a journal again, from the seed and from what had been seen, and compares bit for bit.
 *
 * One pass: `seen` never decreases, since a suggestion is made after the start of the trial before it.
 */
export function verify(
  events: readonly StudyEvent[],
  makeSampler: (spec: StudySpec) => SamplerFactory = (spec) => samplerByName(spec.sampler),
): Verification {
  const state = emptyState()
  const mismatches: { trial: number; stored: string; again: string }[] = []
  let checked = 0
  let current: { readonly spec: StudySpec; readonly suggester: Suggester } | undefined
  for (const event of events) {
    if (event.type !== 'trial-started') continue
    while (state.version < event.seen) apply(state, events[state.version] as StudyEvent)
    const spec = state.spec as StudySpec
    if (current?.spec !== spec) current = { spec, suggester: suggester(spec, makeSampler(spec)) }
    const next = current.suggester.suggest(state)
    const again = JSON.stringify(next?.params) + JSON.stringify(next?.memo)
    const stored = JSON.stringify(event.params) + JSON.stringify(event.memo)
    checked++
    if (again !== stored) mismatches.push({ trial: event.trial, stored, again })
  }
  return { checked, mismatches }
}
