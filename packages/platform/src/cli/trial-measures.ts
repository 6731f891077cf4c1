import type { Report, TrialRecord } from '@parzen/core'
import { type RecordReader, recordReader } from '../stores/attempt-records.js'
import type { SeriesStore } from '../stores/series.js'

/** One metric over all that a trial reported of it, in all its attempts. */
export interface MetricRange {
  readonly reports: number
  /** At the highest step of the last attempt that has it; of several there the last. */
  readonly last: { readonly attempt: number; readonly step: number; readonly value: number }
  /** Of its finite values; Infinity if there are none. */
  readonly least: number
  /** Of its finite values; -Infinity if there are none. */
  readonly greatest: number
}

/** What the processes of an attempt used. */
export interface Use {
  /** Looks at its processes, some seconds apart: what came and went between two is not known. */
  readonly samples: number
  /** Megabytes, 10⁶ bytes, of what was sampled. */
  readonly peakMemory: number
  /** Cores, over the time that was measured; NaN if none was. */
  readonly meanCpu: number
}

export interface TrialMeasures {
  readonly metrics: ReadonlyMap<string, MetricRange>
  /** By attempt, those that were measured. */
  readonly uses: ReadonlyMap<number, Use>
}

/** Goes through every record of a trial once. */
export async function trialMeasures(series: SeriesStore, study: string, trial: TrialRecord): Promise<TrialMeasures> {
  const metrics = new Map<string, MetricRange>()
  const uses = new Map<number, Use>()
  const readReports = recordReader(series, study)
  const readSystem = recordReader(series, study, 'system')
  for (const { number } of trial.attempts) {
    for await (const reports of readReports(trial, number, 0)) {
      for (const report of reports) addReport(metrics, number, report)
    }
    const use = await useOf(readSystem(trial, number, 0))
    if (use) uses.set(number, use)
  }
  return { metrics, uses }
}

function addReport(ranges: Map<string, MetricRange>, attempt: number, { step, metrics }: Report): void {
  for (const [name, encoded] of Object.entries(metrics)) {
    const value = Number(encoded)
    const finite = Number.isFinite(value) ? [value] : []
    const before = ranges.get(name)
    const { least, greatest } = before ?? { least: Number.POSITIVE_INFINITY, greatest: Number.NEGATIVE_INFINITY }
    const isLast = before?.last.attempt !== attempt || step >= before.last.step
    ranges.set(name, {
      reports: (before?.reports ?? 0) + 1,
      last: isLast ? { attempt, step, value } : before.last,
      least: Math.min(least, ...finite),
      greatest: Math.max(greatest, ...finite),
    })
  }
}

/** A sample of `system/cpu` is the mean since the sample before, or since launch: each counts by its time. */
async function useOf(pages: ReturnType<RecordReader>): Promise<Use | undefined> {
  let [before, seconds, coreSeconds] = [0, 0, 0]
  let samples = 0
  let peakMemory = 0
  for await (const records of pages) {
    samples += records.length
    for (const { step, metrics } of records) {
      const { 'system/cpu': cpu, 'system/memory_mb': memory } = metrics
      if (memory !== undefined) peakMemory = Math.max(peakMemory, Number(memory))
      if (cpu !== undefined) {
        seconds += step - before
        coreSeconds += Number(cpu) * (step - before)
      }
      before = step
    }
  }
  return samples === 0 ? undefined : { samples, peakMemory, meanCpu: coreSeconds / seconds }
}
