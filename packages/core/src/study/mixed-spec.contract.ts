import type { StudySpec } from '../journal/event.js'
import { lineSpec } from '../journal/line-spec.contract.js'

/** A number, a choice, and a whole number that depends on it: the smallest study in which a trial may lack a parameter. */
export const mixedSpec: StudySpec = lineSpec({
  space: {
    x: { kind: 'float', low: 0, high: 1 },
    kind: { kind: 'categorical', choices: ['a', 'b', null] },
    n: { kind: 'int', low: 1, high: 9, when: { kind: ['b'] } },
  },
})
