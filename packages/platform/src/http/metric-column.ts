import { lastMetrics, type Report, type TrialRecord } from '@parzen/core'

export interface MetricColumn {
  /** Names of all metrics the trials reported. */
  readonly metrics: string[]
  /** Those that have the wanted one, and the last value of each. */
  readonly trials: number[]
  readonly values: Report['metrics'][string][]
}

/** The last value of a metric, trial by trial: as the journal has it, which is told all of them when an attempt ends. */
export function metricColumn(trials: readonly TrialRecord[], metric: string | undefined): MetricColumn {
  const names = new Set<string>()
  const found: MetricColumn = { metrics: [], trials: [], values: [] }
  for (const trial of trials) {
    const last = lastOf(trial)
    for (const name of Object.keys(last)) names.add(name)
    const value = metric !== undefined && Object.hasOwn(last, metric) ? last[metric] : undefined
    if (value === undefined) continue
    found.trials.push(trial.number)
    found.values.push(value)
  }
  return { ...found, metrics: [...names].sort() }
}

/** By trial; one that has ended reports nothing any more. */
const known = new WeakMap<TrialRecord, Report['metrics']>()

function lastOf(trial: TrialRecord): Report['metrics'] {
  const before = known.get(trial)
  if (before) return before
  const last = lastMetrics(trial.reports)
  if (trial.finishedAt !== undefined) known.set(trial, last)
  return last
}
