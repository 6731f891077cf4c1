import {
  type CurvePart,
  curveAlong,
  lineageOf,
  type Points,
  type Report,
  type Segment,
  type StudyState,
  segmentsOf,
  type TrialRecord,
} from '@parzen/core'
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

export interface FoundCurve extends CurvePart {
  /** The last that it is of. */
  readonly attempt: number
  /** Of a fork: what the trials it goes on from reported up to there. */
  readonly inherited?: readonly CurvePart[]
}

const NO_POINTS: Points = { steps: [], at: [], values: [] }

/** Records read one by one; of more the least and greatest of stretches, before they are put in order and thinned. */
const MOST_READ = 20_000
/** Of an ancestor, which is held while the forks of it are put together. */
const MOST_KEPT = 4000

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
  const isSystem = wanted.metric.startsWith('system/')
  const lineage = ancestry(state.trials, isSystem || wanted.attempts === 'all' ? [] : trials)
  const numbers = new Set(all.map(({ number }) => number))
  const family = new Set([...lineage.values()].flatMap((segments) => segments.map(({ trial }) => trial)))
  const trialsOf = (some: Iterable<number>) => [...some].map((number) => state.trials[number] as TrialRecord)
  const heads = await series.heads(study, 'metrics', [...new Set([...numbers, ...family])])
  const system = await series.heads(study, 'system', [...numbers])
  return {
    version: [...heads, ...system].reduce((sum, { length }) => sum + length, state.version),
    metrics: () => namesOf([...all, ...trialsOf(family)], [...heads, ...system]),
    async read() {
      const reader = isSystem
        ? systemPoints(series, system, wanted)
        : reportedPoints(series, heads, { study, ...wanted })
      const curvesOfTrial = async (trial: TrialRecord) => {
        const parts = await reader(trial)
        // each attempt of a trial counts its seconds from its own launch
        return curvesOf(isSystem && wanted.attempts === 'last' ? parts.slice(-1) : parts, wanted.attempts)
      }
      // those of several forks are read once
      const ancestors = new Map<number, Points>()
      for (const trial of trialsOf(family)) {
        const [curve] = await curvesOfTrial(trial)
        if (curve) ancestors.set(trial.number, thinned(curve, MOST_KEPT))
      }
      const curves: FoundCurve[] = []
      for (const trial of trials) {
        const segments = lineage.get(trial.number)
        const inherited = segments ? inheritedBy(segments, ancestors, wanted.points) : []
        const own = await curvesOfTrial(trial)
        // a fork that has nothing of its own, yet or at all, still shows where it goes on
        if (own.length === 0 && inherited.length > 0) own.push({ attempt: trial.attempts.length, ...NO_POINTS })
        for (const curve of own) {
          const { attempt } = curve
          const points = thinned(curve, wanted.points)
          curves.push({ trial: trial.number, attempt, ...points, ...(inherited.length > 0 ? { inherited } : {}) })
        }
      }
      return curves
    },
  }
}

/** By fork, what other trials had been trained for before it. */
function ancestry(all: StudyState['trials'], trials: readonly TrialRecord[]): ReadonlyMap<number, readonly Segment[]> {
  const found = new Map<number, readonly Segment[]>()
  for (const trial of trials) {
    if (lineageOf(trial)?.parent === undefined) continue
    const segments = segmentsOf(all, trial).filter((segment) => segment.trial !== trial.number)
    if (segments.length > 0) found.set(trial.number, segments)
  }
  return found
}

/** What lies along segments, thinned as one curve: however many there are, they have no more points. */
function inheritedBy(
  segments: readonly Segment[],
  curves: ReadonlyMap<number, Points>,
  points: number,
): readonly CurvePart[] {
  const parts = curveAlong(segments, (trial) => curves.get(trial))
  if (parts.reduce((sum, { steps }) => sum + steps.length, 0) <= points) return parts
  // `flatMap` takes several times as long
  const join = (key: keyof Points) => ([] as number[]).concat(...parts.map((part) => part[key]))
  const whole = thinned({ steps: join('steps'), at: join('at'), values: join('values') }, points)
  return curveAlong(segments, () => whole)
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
