import { ParzenError } from '../error.js'
import type { Direction, Json, Named, StudySpec } from '../journal/event.js'
import { POPULATION_DEFAULTS } from '../journal/population.js'
import { type AshaOptions, asha } from './asha.js'
import { type ExtrapolateOptions, extrapolate } from './extrapolate.js'
import { type HyperbandOptions, hyperband } from './hyperband.js'
import { oneOf } from './options.js'
import { type PatientOptions, patient } from './patient.js'
import { type MedianOptions, median, type PercentileOptions, percentile } from './percentile.js'
import { type PopulationOptions, population } from './population.js'
import type { PrunerFactory } from './pruner.js'
import { type ThresholdOptions, threshold } from './threshold.js'
import { type WilcoxonOptions, wilcoxon } from './wilcoxon.js'

const pruners: { readonly [name: string]: (options: never) => PrunerFactory } = {
  median: (options: MedianOptions) => median(options),
  percentile: (options: PercentileOptions) => percentile(options),
  threshold: (options: ThresholdOptions) => threshold(options),
  patient: (options: PatientOptions) => patient(options, innerOf(options)),
  asha: (options: AshaOptions) => asha(options),
  hyperband: (options: HyperbandOptions) => hyperband(options),
  extrapolate: (options: ExtrapolateOptions) => extrapolate(options),
  wilcoxon: (options: WilcoxonOptions) => wilcoxon(options),
}

export const prunerNames: readonly string[] = ['none', ...Object.keys(pruners)]

/** What a study's pruner watches, and how much of what it would stop goes on all the same. */
export interface Watching {
  readonly make: PrunerFactory
  readonly metric: string
  readonly direction: Direction
  readonly letThrough: number
}

const LET_THROUGH = 0.05

/**
 * The pruner of a study; undefined for `none`.
 *
 * Options every pruner has: `metric`, which it watches (default: the first objective's), with `direction` if it is no
 * objective (default `minimize`); `letThrough`, the share of trials it would stop that go on, chosen at random, so that false
 * stops can be counted (default 0.05).
 * Sampler `pbt` brings its own, whose verdicts all count: those it stops are replaced.
 * @throws ParzenError `pruner/unknown`, `pruner/option`.
 */
export function prunerOf({
  pruner,
  sampler,
  objectives,
}: Pick<StudySpec, 'pruner' | 'objectives'> & Partial<Pick<StudySpec, 'sampler'>>): Watching | undefined {
  if (sampler?.name === 'pbt') return populationOf(sampler, { pruner, objectives })
  if (pruner.name === 'none') return undefined
  const { metric = objectives[0]?.metric ?? 'value', direction, letThrough = LET_THROUGH, ...options } = pruner
  check(typeof metric === 'string', 'metric', 'the name of a metric', metric)
  check(
    typeof letThrough === 'number' && letThrough >= 0 && letThrough <= 1,
    'letThrough',
    'a number from 0 to 1',
    letThrough,
  )
  const objective = objectives.find((one) => one.metric === metric)
  const directions = oneOf('minimize', 'maximize')
  check(direction === undefined || directions.accepts(direction), 'direction', directions.expected, direction ?? null)
  if (objective && direction !== undefined && direction !== objective.direction) {
    throw new ParzenError(
      'pruner/option',
      `pruner: direction: expected that of objective ${metric}, ${objective.direction}, got ${direction}`,
      {
        path: ['pruner', 'direction'],
        hint: 'leave it out',
      },
    )
  }
  return {
    make: make(options as Named),
    metric: metric as string,
    direction: objective?.direction ?? (direction as Direction | undefined) ?? 'minimize',
    letThrough: letThrough as number,
  }
}

function populationOf(sampler: Named, { pruner, objectives }: Pick<StudySpec, 'pruner' | 'objectives'>): Watching {
  check(pruner.name === 'none', 'name', 'none with sampler pbt, which stops trials itself', pruner.name)
  const { metric, direction } = objectives[0] ?? { metric: 'value', direction: 'minimize' as const }
  const {
    population: size = POPULATION_DEFAULTS.population,
    interval,
    quantile = POPULATION_DEFAULTS.quantile,
    maxStep = Infinity,
  } = sampler as unknown as Partial<PopulationOptions> & Pick<PopulationOptions, 'interval'>
  return { make: population({ population: size, interval, quantile, maxStep }), metric, direction, letThrough: 0 }
}

function make(named: Named): PrunerFactory {
  const factory = Object.hasOwn(pruners, named.name) ? pruners[named.name] : undefined
  if (!factory) {
    throw new ParzenError(
      'pruner/unknown',
      `pruner: expected one of ${prunerNames.join(', ')}, got ${JSON.stringify(named.name)}`,
      { path: ['pruner'] },
    )
  }
  return factory(named as never)
}

function innerOf({ pruner }: PatientOptions): PrunerFactory | undefined {
  return pruner === undefined ? undefined : make(typeof pruner === 'string' ? { name: pruner } : pruner)
}

function check(isGood: boolean, option: string, expected: string, got: Json): void {
  if (isGood) return
  throw new ParzenError('pruner/option', `pruner: ${option}: expected ${expected}, got ${JSON.stringify(got)}`, {
    path: ['pruner', option],
  })
}
