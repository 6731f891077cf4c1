import { formatBound, keptBy, type Outcome, type StudySpec } from '@parzen/core'
import { formatValue } from './number.js'
import { plain } from './width.js'

/** `latency 25, wanted <= 20`, for each constraint that a complete trial breaks; empty if it is feasible. */
export function brokenText(outcome: Outcome | undefined, { constraints }: Pick<StudySpec, 'constraints'>): string {
  return keptBy(outcome, constraints)
    .filter(({ isBroken }) => isBroken)
    .map(
      ({ constraint, value }) => `${plain(constraint.metric)} ${formatValue(value)}, wanted ${formatBound(constraint)}`,
    )
    .join('; ')
}
