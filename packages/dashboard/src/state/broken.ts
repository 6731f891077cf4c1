import { excess, formatBound, type StudySpec, type TrialRow } from '@parzen/core'
import { formatValue } from '../controls/format.js'

/** `latency 25, wanted <= 20`, for each constraint that a complete trial breaks. @param row of `rowsOf`, which has their values */
export function brokenText({ values, metrics }: TrialRow, spec: StudySpec | undefined): string {
  if (!values) return ''
  return (spec?.constraints ?? [])
    .flatMap((constraint) => {
      const value = Number(metrics[constraint.metric])
      const isBroken = excess(constraint, value) > 0
      return isBroken ? [`${constraint.metric} ${formatValue(value)}, wanted ${formatBound(constraint)}`] : []
    })
    .join('; ')
}
