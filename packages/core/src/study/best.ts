import type { Best, StudyState } from '../journal/state.js'

/** The best complete and feasible trial by the first objective; of equal ones the first. */
export function best(state: Readonly<Pick<StudyState, 'best'>>): Best | undefined {
  return state.best
}
