import { type StudyState, wantedMetrics } from '@parzen/core'

/** So many failures before the first result: the command is at fault, not the settings. */
export const HOPELESS = 10

type Seen = Pick<StudyState, 'finished' | 'trials' | 'spec'>

/** Whether more trials would follow though all have failed, `HOPELESS` in this run, and none ever reported an objective. */
export function isHopeless({ finished, trials, spec }: Seen, finishedBefore: number): boolean {
  if (finished.length - finishedBefore < HOPELESS || trials.length >= (spec?.budget.trials ?? Infinity)) return false
  const metrics = spec ? wantedMetrics(spec) : []
  return finished.every(
    ({ outcome, reports }) =>
      outcome?.state === 'failed' && !reports.some((report) => metrics.some((metric) => metric in report.metrics)),
  )
}
