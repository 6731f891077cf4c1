import { prunerOf, type Report, type StudySpec, type TrialRecord, wantedMetrics } from '@parzen/core'

/**
 * What of the reports of an attempt the journal keeps, where dense metrics have a store of their own.
 *
 * The first reports are kept whole: most trials make no more, and need nothing else then. Of later ones what decides is
 * kept: the objectives, what is constrained and the metric the pruner watches. Of each of these one report at a place, where steps that agree
 * in their first ten binary digits are one place: every step up to 1024, and 512 more each time the steps double. So a
 * pruner hears of what it waits for late by at most 0.2 % of the way, and hours of thousands of reports a second are
 * some thousand events.
 */
export const WHOLE_REPORTS = 20

/** The part of reports that may decide something. @param from how many the attempt has made before these */
export function decisiveReports(
  spec: Pick<StudySpec, 'objectives' | 'constraints' | 'pruner'>,
  from: number,
  reports: readonly Report[],
): Report[] {
  const names = decidingMetrics(spec)
  return reports.flatMap((report, i) => {
    if (from + i < WHOLE_REPORTS) return [report]
    const kept = Object.entries(report.metrics).filter(([name]) => names.has(name))
    return kept.length === 0 ? [] : [{ ...report, metrics: Object.fromEntries(kept) }]
  })
}

/** Those of decisive reports, next in order, that say something of a place the attempt has not reported of yet. */
export function atNewPlaces(trial: TrialRecord, attempt: number, decisive: readonly Report[]): Report[] {
  const { count, places } = placesOf(trial, attempt)
  const known = new Set<string>()
  return decisive.flatMap((report, i) => {
    const isWhole = count + i < WHOLE_REPORTS
    const kept = Object.entries(report.metrics).filter(([name]) => {
      const place = placeOf(name, report.step)
      const isNew = !places.has(place) && !known.has(place)
      known.add(place)
      return isNew || isWhole
    })
    return kept.length === 0 && !isWhole ? [] : [{ ...report, metrics: Object.fromEntries(kept) }]
  })
}

/** The last value of each metric of an attempt: at its greatest step. */
export interface LastValues {
  readonly [metric: string]: { readonly at: number; readonly step: number; readonly value: Report['metrics'][string] }
}

/** Reports that bring the last values of all metrics into the journal at the end of an attempt, by step. */
export function closingReports(reports: readonly Report[], last: LastValues): Report[] {
  const known = new Map<string, Report>()
  for (const report of reports) {
    for (const name of Object.keys(report.metrics)) {
      if (report.step >= (known.get(name)?.step ?? Number.NEGATIVE_INFINITY)) known.set(name, report)
    }
  }
  const missing = new Map<number, { at: number; metrics: [string, Report['metrics'][string]][] }>()
  for (const [name, { at, step, value }] of Object.entries(last)) {
    const before = known.get(name)
    if (before && (before.step > step || (before.step === step && before.metrics[name] === value))) continue
    const group = missing.get(step) ?? { at, metrics: [] }
    missing.set(step, group)
    group.at = Math.max(group.at, at)
    group.metrics.push([name, value])
  }
  return [...missing]
    .sort(([a], [b]) => a - b)
    .map(([step, { at, metrics }]) => ({ at, step, metrics: Object.fromEntries(metrics) }))
}

function decidingMetrics(spec: Pick<StudySpec, 'objectives' | 'constraints' | 'pruner'>): ReadonlySet<string> {
  const watched = spec.pruner.name === 'none' ? undefined : prunerOf(spec)?.metric
  const wanted = wantedMetrics(spec)
  return new Set(watched === undefined ? wanted : [...wanted, watched])
}

interface Places {
  readonly attempt: number
  /** Of the trial's reports; the next to be looked at. */
  read: number
  /** Reports of the attempt. */
  count: number
  readonly places: Set<string>
}

/** By the trial's list of reports, which only grows: a long attempt is not gone through again at each report. */
const seen = new WeakMap<readonly Report[], Places>()

function placesOf({ reports }: TrialRecord, attempt: number): Places {
  let found = seen.get(reports)
  if (found?.attempt !== attempt) {
    found = { attempt, read: 0, count: 0, places: new Set() }
    seen.set(reports, found)
  }
  for (; found.read < reports.length; found.read++) {
    const report = reports[found.read]
    if (report?.attempt !== attempt) continue
    found.count++
    for (const name of Object.keys(report.metrics)) found.places.add(placeOf(name, report.step))
  }
  return found
}

const double = new DataView(new ArrayBuffer(8))

/** The sign, the exponent and the first 9 digits behind the leading one. */
function placeOf(metric: string, step: number): string {
  double.setFloat64(0, step)
  return `${double.getInt32(0) >> 11} ${metric}`
}
