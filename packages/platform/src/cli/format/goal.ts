import { formatConstraint, type StudySpec } from '@parzen/core'
import { plain } from './width.js'

/** `maximize accuracy, with latency <= 20` */
export function goalText({ objectives, constraints = [] }: Pick<StudySpec, 'objectives' | 'constraints'>): string {
  const goals = objectives.map(({ direction, metric }) => `${direction} ${plain(metric)}`).join(', ')
  return constraints.length === 0 ? goals : `${goals}, with ${plain(constraints.map(formatConstraint).join(', '))}`
}
