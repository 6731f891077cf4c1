import { lastMetrics, type Report, type TrialRecord } from '@parzen/core'

export interface MetricColumn {
  /** Names of all metrics the trials reported. */
  readonly metrics: string[]
  /** Those that have the wanted one, and the last value of each. */
  readonly trials: number[]
  readonly values: Report['metrics'][string][]
}

/** A slice of work: calls that came meanwhile wait no longer. */
const SLICE_MILLISECONDS = 10
/** Trials between two looks at the clock. */
const AT_ONCE = 64

/**
 * The last value of a metric, trial by trial: as the journal has it, which is told all of them when an attempt ends.
 *
 * The first time it takes half a second or more for 50,000 trials, in which this process does other things as well.
 */
export async function metricColumn(trials: readonly TrialRecord[], metric: string | undefined): Promise<MetricColumn> {
  const names = new Set<string>()
  const found: MetricColumn = { metrics: [], trials: [], values: [] }
  let until = performance.now() + SLICE_MILLISECONDS
  for (const [i, trial] of trials.entries()) {
    if (i % AT_ONCE === 0 && performance.now() > until) {
      await new Promise(setImmediate)
      until = performance.now() + SLICE_MILLISECONDS
    }
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
