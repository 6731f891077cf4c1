import type { StudySpec } from './event.js'

/** A study of one number, x, whose loss is to be least: for tests that are about something else, with what they are about. */
export function lineSpec(changed: Partial<StudySpec> = {}): StudySpec {
  return {
    name: 's',
    space: { x: { kind: 'float', low: 0, high: 1 } },
    objectives: [{ metric: 'loss', direction: 'minimize' }],
    seed: 1,
    sampler: { name: 'random' },
    pruner: { name: 'none' },
    budget: {},
    ...changed,
  }
}
