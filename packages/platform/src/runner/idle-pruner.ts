import { didYouMean, type Pruner, prunerOf, type StudySpec, type StudyState, type TrialRecord } from '@parzen/core'

/** Complete trials after which it is known how they report. */
export const ENOUGH = 3

type Seen = Pick<StudyState, 'spec' | 'finished'>

/**
 * Why the pruner could compare nothing so far, with what to change; undefined if it could, or if that cannot be told yet.
 *
 * A pruner that waits for what never comes stops nothing and says nothing, and looks like one that found all trials good.
 */
export function idlePruner({ spec, finished }: Seen): string | undefined {
  const watching = spec && prunerOf(spec)
  const complete = finished.filter(({ outcome }) => outcome?.state === 'complete')
  if (!watching || complete.length < ENOUGH || finished.some(({ judged }) => judged !== undefined)) return undefined
  const { metric, direction, make } = watching
  const who = nameOf(spec)
  const all = `the ${complete.length} complete trials`
  const steps = complete.map(({ reports }) => new Set(reports.filter((one) => metric in one.metrics).map(stepOf)))
  if (steps.every(({ size }) => size === 0)) {
    const known = metricsOf(complete)
    const got = known.length === 0 ? 'nothing' : known.join(', ')
    const hint = known.length === 0 ? 'report it' : didYouMean(metric, known)
    return `${who} watches ${metric}, which ${all} did not report while they ran, but ${got}. ${hint}`
  }
  if (steps.every(({ size }) => size <= 1)) {
    return `${who} has nothing to stop: ${all} reported ${metric} once. report it as the training goes, with the step`
  }
  const pruner = make({ direction, seed: spec.seed })
  const first = complete.map(({ number }) => firstStep(spec, pruner, number))
  const last = steps.map((some) => Math.max(...some))
  if (first.every((step, i) => step > (last[i] as number))) {
    return `${who} begins at step ${Math.min(...first)}, and ${all} ended before, the longest at step ${Math.max(...last)}. ${BEGINNING}`
  }
  return undefined
}

const BEGINNING = 'set maxStep to the last step of a training, or begin earlier (minStep, warmupSteps, interval)'

/** A population prunes without being named as a pruner. */
function nameOf({ pruner, sampler }: StudySpec): string {
  return pruner.name === 'none' ? `sampler ${sampler.name}` : `pruner ${pruner.name}`
}

function firstStep({ pruner: { warmupSteps } }: StudySpec, pruner: Pruner, trial: number): number {
  return pruner.target?.(trial, 0) ?? (typeof warmupSteps === 'number' ? warmupSteps : Number.NEGATIVE_INFINITY)
}

function metricsOf(trials: readonly TrialRecord[]): string[] {
  return [...new Set(trials.flatMap(({ reports }) => reports.flatMap(({ metrics }) => Object.keys(metrics))))]
}

function stepOf({ step }: { readonly step: number }): number {
  return step
}
