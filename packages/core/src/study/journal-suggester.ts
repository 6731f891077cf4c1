import type { StudyEvent, StudySpec } from '../journal/event.js'
import { apply, emptyState, type StudyState } from '../journal/state.js'
import { samplerByName, samplerId } from '../samplers/registry.js'
import type { SamplerFactory } from '../samplers/sampler.js'
import { type NextTrial, type Suggester, suggester } from './suggester.js'

/** The suggester of a state's spec, kept until the spec changes. @param sampler instead of the one the spec names. */
export function suggesters(sampler?: SamplerFactory): (state: Readonly<StudyState>) => Suggester {
  let current: { readonly spec: StudySpec; readonly by: Suggester } | undefined
  return ({ spec }) => {
    if (!spec) throw new TypeError('a study without a spec has no suggestions')
    if (current?.spec !== spec) {
      const id = sampler ? 'custom' : samplerId(spec.sampler)
      current = { spec, by: suggester(spec, sampler ?? samplerByName(spec.sampler), id) }
    }
    return current.by
  }
}

/** Makes the suggestions of a study elsewhere, say in a worker thread, from its journal alone. */
export interface JournalSuggester {
  /** Of the journal, as far as it has been followed. */
  readonly version: number
  /** The events after `version`, in order. */
  follow(events: readonly StudyEvent[]): void
  /** As `Study.ask` makes it on this version; undefined: nothing left to try, or no spec yet. */
  suggest(): NextTrial | undefined
}

export function journalSuggester(): JournalSuggester {
  const state = emptyState()
  const by = suggesters()
  return {
    get version() {
      return state.version
    },
    follow(events) {
      for (const event of events) apply(state, event)
    },
    suggest: () => (state.spec ? by(state).suggest(state) : undefined),
  }
}
