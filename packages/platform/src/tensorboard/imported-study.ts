import {
  type Choice,
  encodeMetrics,
  type Outcome,
  type Report,
  type Space,
  type StudyEvent,
  type StudySpec,
} from '@parzen/core'
import { inferSpace } from './infer-space.js'
import type { Run, Runs } from './runs.js'

/**
 * The journal of a study that has a trial for each run: to look at, since nothing says how to run more.
 *
 * Runs without any parameters differ by the one parameter `run`, their folder. The value of a trial is the objective at
 * its highest step; a run that never had it, or ended as a failure, is a failed trial. Where a run came from is its note.
 *
 * @param runs at least one.
 */
export function importedStudy(
  name: string,
  objective: StudySpec['objectives'][number],
  { runs, infos }: Runs,
): StudyEvent[] {
  const isBare = runs.every(({ hparams = {} }) => Object.keys(hparams).length === 0)
  const given = runs.map((run) => (isBare ? { run: run.name } : (run.hparams ?? {})))
  const space = inferSpace(given, isBare ? new Map() : infos)
  const spec: StudySpec = {
    name,
    space,
    objectives: [objective],
    seed: 0,
    sampler: { name: 'random' },
    pruner: { name: 'none' },
    budget: { trials: runs.length },
  }
  const events: StudyEvent[] = [{ at: runs[0]?.startedAt ?? 0, type: 'study-created', spec }]
  let last = 0
  for (const [trial, run] of runs.entries()) {
    const params = paramsOf(space, given[trial] as { readonly [name: string]: Choice })
    const { startedAt: at, endedAt } = run
    events.push({ at, type: 'trial-started', trial, params, sampler: 'import', seen: events.length, worker: 'import' })
    events.push({ at, type: 'trial-launched', trial, attempt: 1, handle: null })
    const reports = reportsOf(run)
    if (reports.length > 0) events.push({ at: endedAt, type: 'trial-reported', trial, attempt: 1, reports })
    events.push({ at: endedAt, type: 'trial-finished', trial, outcome: outcomeOf(run, objective.metric) })
    events.push({ at: endedAt, type: 'trial-noted', trial, by: 'import', note: run.name })
    last = Math.max(last, endedAt)
  }
  events.push({ at: last, type: 'study-ended', reason: `${runs.length} runs imported` })
  return events
}

/** In the order of the space, with null for what a run had not and no condition explains. */
function paramsOf(space: Space, given: { readonly [name: string]: Choice }): { readonly [name: string]: Choice } {
  const params: Record<string, Choice> = {}
  for (const [name, { when }] of Object.entries(space)) {
    if (Object.hasOwn(given, name)) params[name] = given[name] as Choice
    else if (!when) params[name] = null
  }
  return params
}

/** Metrics of the same step are one report. */
function reportsOf({ curves }: Run): Report[] {
  const steps = new Map<number, { at: number; metrics: Record<string, number> }>()
  const again: Report[] = []
  for (const [tag, points] of curves) {
    for (const { step, value, at } of points.points()) {
      const there = steps.get(step)
      if (!there) steps.set(step, { at, metrics: { [tag]: value } })
      else if (Object.hasOwn(there.metrics, tag)) again.push({ at, step, metrics: encodeMetrics({ [tag]: value }) })
      else there.metrics[tag] = value
    }
  }
  const once = [...steps].map(([step, { at, metrics }]) => ({ at, step, metrics: encodeMetrics(metrics) }))
  return [...once, ...again].sort((a, b) => a.step - b.step)
}

function outcomeOf({ curves, status }: Run, metric: string): Outcome {
  if (status === 'failure') return { state: 'failed', cause: 'exit', message: 'the run says it ended as a failure' }
  const value = curves.get(metric)?.last?.value
  if (value === undefined) return { state: 'failed', cause: 'nan', message: `no ${metric} in its event files` }
  if (!Number.isFinite(value)) return { state: 'failed', cause: 'nan', message: `${metric} was ${value}` }
  return { state: 'complete', values: [value] }
}
