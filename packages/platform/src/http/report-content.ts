import { type Analysis, lineageOf, type StudyState } from '@parzen/core'
import type { ReportContent } from './contract/report.js'

/** The reply of a call that reads. @param path after /api/v1, with its query */
export type Ask = (path: string) => Promise<unknown>

/** Points of all curves together: some 3 MB before they are compressed. */
const MOST_POINTS = 120_000
const MOST_CURVES = 2000
const MOST_METRICS = 20
/** Explanations are made one by one from the journal as it was, which takes long. */
const MOST_EXPLANATIONS = 200
/** Of the parameters that matter most: what a model says of each, and of every two of the first. */
const MOST_DEPENDENCES = 12
const MOST_PAIRED = 4

/** All replies that the pages of a study ask for, within bounds, and what had to be left out. */
export async function reportContent(
  state: Readonly<StudyState>,
  {
    name,
    ask,
    madeAt,
    version,
    explanations = MOST_EXPLANATIONS,
  }: {
    readonly name: string
    readonly ask: Ask
    readonly madeAt: number
    readonly version: string
    /** At most. */
    readonly explanations?: number
  },
): Promise<ReportContent> {
  const at = `/studies/${encodeURIComponent(name)}`
  const leftOut = ['logs and kept files: `parzen serve` shows them']
  const replies: Record<string, unknown> = {}
  for (const path of ['', `${at}`, `${at}/snapshot`, `${at}/analysis`]) replies[path] = await ask(path)
  for (const path of dependencePaths(at, state, replies[`${at}/analysis`] as Analysis)) replies[path] = await ask(path)
  for (const path of await metricPaths(at, ask)) replies[path] = await ask(path)
  for (const { number } of forksOf(state)) {
    const path = `${at}/trials/${number}/schedule`
    replies[path] = await ask(path)
  }
  leftOut.push(`what a model says of two parameters, but for the ${MOST_PAIRED} that matter most`)
  const explained = worthExplaining(state, explanations)
  for (const trial of explained) {
    const path = `${at}/trials/${trial}/explanation`
    replies[path] = await ask(path)
  }
  if (explained.length < state.trials.length)
    leftOut.push(`why a trial was tried, but for the best and the latest ${explained.length}`)
  return { study: name, madeAt, version, replies, curves: await allCurves(at, { state, ask, leftOut }), leftOut }
}

/** As the Relations page asks: by objective, the parameters that matter most first. */
function dependencePaths(at: string, { spec }: Readonly<StudyState>, analysis: Analysis): string[] {
  return (spec?.objectives ?? []).flatMap((_, objective) => {
    const ranked = analysis.importances[objective]?.parameters.map(({ name }) => name) ?? []
    const names = [...new Set([...ranked, ...Object.keys(spec?.space ?? {})])]
    const path = (name: string, other?: string) =>
      `${at}/dependence?parameter=${encodeURIComponent(name)}${other === undefined ? '' : `&with=${encodeURIComponent(other)}`}&objective=${objective}`
    const paired = names.slice(0, MOST_PAIRED)
    return [
      ...names.slice(0, MOST_DEPENDENCES).map((name) => path(name)),
      ...paired.flatMap((a) => paired.filter((b) => b !== a).map((b) => path(a, b))),
    ]
  })
}

/** As pages ask for the last values of metrics: their names, and one metric after the other. */
async function metricPaths(at: string, ask: Ask): Promise<string[]> {
  const { metrics } = (await ask(`${at}/metrics`)) as { readonly metrics: readonly string[] }
  const named = metrics.slice(0, MOST_METRICS).map((metric) => `${at}/metrics?metric=${encodeURIComponent(metric)}`)
  return [`${at}/metrics`, ...named]
}

function forksOf({ trials }: Readonly<StudyState>) {
  return trials.filter((trial) => lineageOf(trial)?.parent !== undefined)
}

/** The best half of what there is room for, and the latest. */
function worthExplaining({ trials, finished, spec }: Readonly<StudyState>, most: number): readonly number[] {
  if (trials.length <= most) return trials.map(({ number }) => number)
  const sign = spec?.objectives[0]?.direction === 'maximize' ? -1 : 1
  const best = finished
    .flatMap(({ number, outcome }) =>
      outcome?.state === 'complete' ? [{ number, loss: sign * (outcome.values[0] ?? 0) }] : [],
    )
    .sort((a, b) => a.loss - b.loss)
    .slice(0, most / 2)
    .map(({ number }) => number)
  const latest = trials.slice(-most / 2).map(({ number }) => number)
  return [...new Set([...best, ...latest])].sort((a, b) => a - b)
}

interface Curves {
  readonly metrics: readonly string[]
  readonly curves: readonly unknown[]
}

async function allCurves(
  at: string,
  { state, ask, leftOut }: { readonly state: Readonly<StudyState>; readonly ask: Ask; readonly leftOut: string[] },
): Promise<ReportContent['curves']> {
  const objective = state.spec?.objectives[0]?.metric ?? 'value'
  const { metrics } = (await ask(`${at}/curves?points=4&limit=${MOST_CURVES}`)) as Curves
  const wanted = [...new Set([objective, ...metrics])].slice(0, MOST_METRICS)
  const curves = Math.min(MOST_CURVES, Math.max(1, state.trials.length))
  // a fork has as many again of what it inherited
  const lines = curves + Math.min(curves, forksOf(state).length)
  const points = Math.max(10, Math.min(400, Math.floor(MOST_POINTS / wanted.length / lines)))
  const found: Record<string, unknown> = {}
  for (const metric of wanted)
    found[metric] = await ask(`${at}/curves?metric=${encodeURIComponent(metric)}&points=${points}&limit=${MOST_CURVES}`)
  if (metrics.length > wanted.length) leftOut.push(`curves of metrics beyond the first ${wanted.length}`)
  if (state.trials.length > MOST_CURVES) leftOut.push(`curves of trials before the latest ${MOST_CURVES}`)
  leftOut.push(`curves have ${points} points at most, the least and the greatest of each stretch among them`)
  return found
}
