import type { Report, StudyState, TrialRecord } from '@parzen/core'
import { byAttempt, pointsOf } from '../stores/attempt-records.js'
import type { SeriesHead, SeriesStore } from '../stores/series.js'
import { type AttemptPoints, curvesOf, thinned } from './routes/curve.js'

export interface CurvesWanted {
  readonly metric: string
  /** Default: all. */
  readonly trials: readonly number[] | undefined
  /** The last so many of these that have anything. */
  readonly limit: number
  /** Of a curve at most. */
  readonly points: number
  readonly attempts: 'last' | 'all'
}

/** Records read one by one; of more the least and greatest of stretches, before they are put in order and thinned. */
const MOST_READ = 20_000

/** What there is of some trials, as it stands: `version` differs whenever it has changed. */
export async function findCurves(
  series: SeriesStore,
  { name: study, state }: { readonly name: string; readonly state: Readonly<StudyState> },
  wanted: CurvesWanted,
) {
  const all = (wanted.trials?.flatMap((number) => state.trials[number] ?? []) ?? state.trials).filter(
    ({ reports, attempts }) => reports.length > 0 || attempts.some(({ launchedAt }) => launchedAt),
  )
  const trials = all.slice(-wanted.limit)
  const numbers = all.map(({ number }) => number)
  const heads = await series.heads(study, 'metrics', numbers)
  const system = await series.heads(study, 'system', numbers)
  return {
    version: [...heads, ...system].reduce((sum, { length }) => sum + length, state.version),
    metrics: () => namesOf(all, [...heads, ...system]),
    async read() {
      const isSystem = wanted.metric.startsWith('system/')
      const reader = isSystem
        ? systemPoints(series, system, wanted)
        : reportedPoints(series, heads, { study, ...wanted })
      const curves = []
      for (const trial of trials) {
        const parts = await reader(trial)
        // each attempt of a trial counts its seconds from its own launch
        const chosen = isSystem && wanted.attempts === 'last' ? parts.slice(-1) : parts
        for (const curve of curvesOf(chosen, wanted.attempts)) {
          curves.push({ trial: trial.number, attempt: curve.attempt, ...thinned(curve, wanted.points) })
        }
      }
      return curves
    },
  }
}

function reportedPoints(
  series: SeriesStore,
  heads: readonly SeriesHead[],
  { study, metric }: { readonly study: string; readonly metric: string },
): (trial: TrialRecord) => Promise<AttemptPoints[]> {
  const headOf = byAttempt(heads)
  return async (trial) => {
    const parts: AttemptPoints[] = []
    for (const { number: attempt } of trial.attempts) {
      const head = headOf(trial.number, attempt)
      parts.push({ attempt, ...(await pointsOf(series, { study, trial, attempt, head }, { metric, most: MOST_READ })) })
    }
    return parts
  }
}

function systemPoints(
  series: SeriesStore,
  heads: readonly SeriesHead[],
  { metric }: { readonly metric: string },
): (trial: TrialRecord) => Promise<AttemptPoints[]> {
  return async ({ number }) => {
    const parts: AttemptPoints[] = []
    for (const { last, first: _first, length: _length, ...key } of heads) {
      if (key.trial !== number || !Object.hasOwn(last, metric)) continue
      parts.push({ attempt: key.attempt, ...(await series.points(key, metric, MOST_READ)) })
    }
    return parts
  }
}

function namesOf(trials: readonly TrialRecord[], heads: readonly SeriesHead[]): string[] {
  const names = new Set(heads.flatMap(({ last }) => Object.keys(last)))
  for (const { reports } of trials) for (const name of reportedNames(reports)) names.add(name)
  return [...names].sort()
}

/** By list of reports, which only grows. */
const known = new WeakMap<readonly Report[], { read: number; readonly names: Set<string> }>()

function reportedNames(reports: readonly Report[]): ReadonlySet<string> {
  const found = known.get(reports) ?? { read: 0, names: new Set() }
  known.set(reports, found)
  for (; found.read < reports.length; found.read++) {
    for (const name of Object.keys(reports[found.read]?.metrics ?? {})) found.names.add(name)
  }
  return found.names
}
