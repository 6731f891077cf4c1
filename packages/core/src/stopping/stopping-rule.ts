import type { StudyState } from '../journal/state.js'

/** Judges a study after each outcome: the reason to end it, for people; undefined: go on. A function of the state alone. */
export type StoppingRule = (state: Readonly<StudyState>) => string | undefined
