import { ParzenError } from '../../error.js'
import { lineageOf, parentOf } from '../../journal/lineage.js'
import { POPULATION_DEFAULTS } from '../../journal/population.js'
import type { TrialRecord } from '../../journal/state.js'
import { didYouMean } from '../../space/closest.js'
import type { Parameter } from '../../space/distribution.js'
import { onlyDirection } from '../loss.js'
import { checkOptions, type OptionRule, positive, positiveInteger } from '../options.js'
import { partialCurve } from '../partial-curve.js'
import { drawParams } from '../random.js'
import type { Rng, SamplerFactory } from '../sampler.js'
import { forked } from './fork.js'

export interface PbtOptions {
  /** Trainings side by side. Default 8. */
  readonly population?: number
  /** Steps from one comparison of the trainings to the next. For the pruner, which goes with this sampler (`pruners/population.ts`). */
  readonly interval: number
  /** Last step of a training: who gets there is not stopped any more. For the pruner. */
  readonly maxStep?: number
  /** The share that is replaced, and the share whose forks replace it, at most a half. Default 0.25. */
  readonly quantile?: number
  /** Numbers are multiplied or divided by this. Default 1.2. */
  readonly perturb?: number
  /** The chance that a parameter is drawn anew instead. Default 0.25. */
  readonly resample?: number
  /** Names of the parameters that may change in the middle of a training. Default: all real numbers, which are hardly ever the shape of a model. */
  readonly mutate?: readonly string[]
}

const rules: { readonly [option in keyof Required<PbtOptions>]: OptionRule } = {
  population: {
    expected: 'a whole number, 2 or more',
    accepts: (value) => positiveInteger.accepts(value) && (value as number) >= 2,
  },
  interval: positive,
  maxStep: positive,
  quantile: {
    expected: 'a number above 0, at most 0.5',
    accepts: (value) => typeof value === 'number' && value > 0 && value <= 0.5,
  },
  perturb: {
    expected: 'a number above 1',
    accepts: (value) => typeof value === 'number' && value > 1 && value < Infinity,
  },
  resample: {
    expected: 'a number from 0 to 1',
    accepts: (value) => typeof value === 'number' && value >= 0 && value <= 1,
  },
  mutate: {
    expected: 'a list of names of parameters',
    accepts: (value) => Array.isArray(value) && value.every((name) => typeof name === 'string'),
  },
}

/**
 * Population-based training, Jaderberg et al. 2017 (arXiv 1711.09846): trainings side by side, of which the worst give way to copies of the
 * best with changed parameters, so that parameters become schedules.
 *
 * A trial never changes: one that the pruner stops (`pruners/population.ts`) is replaced by a *fork*, a new trial whose memo names its
 * parent (`lineage.ts`) and which begins with that one's checkpoints. Parents are drawn among the best of those that still run, at the step
 * where the trial they replace was stopped. It has nothing left to suggest when every place of the population has come to its end.
 */
export function pbt(options: PbtOptions): SamplerFactory {
  checkOptions('pbt', { ...options, interval: options.interval ?? null }, rules)
  const {
    population = POPULATION_DEFAULTS.population,
    quantile = POPULATION_DEFAULTS.quantile,
    perturb = 1.2,
    resample = 0.25,
    mutate,
  } = options
  return (problem) => {
    const { space, metrics } = problem
    const direction = onlyDirection('pbt', problem.directions)
    for (const name of mutate ?? []) if (!Object.hasOwn(space, name)) throw unknownParameter(name, Object.keys(space))
    const changes = (name: string, { kind }: Parameter) =>
      mutate?.includes(name) ?? (kind === 'float' || kind === 'normal')
    let founders = 0
    let forks = 0
    const vacant: TrialRecord[] = []

    /** Losses are compared at about the age at which the victim was stopped. */
    const parentFor = (victim: TrialRecord, running: readonly TrialRecord[], rng: Rng) => {
      const age = victim.judged?.step ?? Infinity
      const alive = running.flatMap((trial) => {
        const losses = partialCurve(trial, metrics?.[0], direction)
        if (!losses) return []
        const steps = [...losses.keys()].sort((a, b) => a - b)
        const at = steps.findLast((step) => step <= age) ?? (steps[0] as number)
        return [{ trial, step: steps.at(-1) as number, loss: losses.get(at) as number }]
      })
      alive.sort((a, b) => a.loss - b.loss || a.trial.number - b.trial.number)
      const best = Math.max(1, Math.min(alive.length, Math.floor(quantile * population)))
      return alive[Math.floor(rng() * best)]
    }

    return {
      done: `each of the ${population} trainings of the population has come to its end`,
      observe(finished) {
        for (const trial of finished) {
          if (trial.number < 0) continue
          if (lineageOf(trial)) forks++
          else founders++
          if (isVacated(trial)) vacant.push(trial)
        }
      },
      suggest(running, { rng }) {
        const runningForks = running.filter((trial) => lineageOf(trial)).length
        if (founders + running.length - runningForks < population) return { params: drawParams(space, rng) }
        const victim = vacant[forks + runningForks]
        if (!victim) return undefined
        const parent = parentFor(victim, running, rng)
        if (!parent) return { params: drawParams(space, rng), memo: { replaces: victim.number } }
        return {
          params: forked(space, parent.trial.params, { changes, perturb, resample }, rng),
          memo: { replaces: victim.number, parent: parent.trial.number, step: parent.step },
        }
      },
    }
  }
}

/** A place is left to somebody else by who was stopped or failed; not by who a person ended, nor by a fork that had nothing left to do. */
function isVacated(trial: TrialRecord): boolean {
  const { outcome, reports } = trial
  if (outcome?.state === 'pruned') return true
  if (outcome?.state !== 'failed' || outcome.cause === 'killed') return false
  return reports.length > 0 || parentOf(trial) === undefined
}

function unknownParameter(name: string, names: readonly string[]): ParzenError {
  return new ParzenError(
    'sampler/option',
    `sampler pbt: mutate: expected parameters of the space, got ${JSON.stringify(name)}`,
    {
      path: ['sampler', 'mutate'],
      hint: didYouMean(name, names),
    },
  )
}
