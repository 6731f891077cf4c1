import type { StudyState } from '../journal/state.js'
import { bestSoFar, type Step } from './best-so-far.js'
import { type Calibration, calibration } from './calibration.js'
import { type FalseStops, falseStops } from './false-stops.js'
import { type Importances, importances } from './importance.js'
import { expectedGain, fitTail, type Gain, reasonToStop } from './more-trials.js'
import { observations } from './observation.js'
import { type Front, frontOf } from './pareto.js'
import { type Winner, winner } from './winner.js'

export interface AnalyzeOptions {
  /** The standard deviation of the first objective's noise, if somebody knows it. */
  readonly noise?: number | undefined
  /** For the hypervolume: one value per objective, in its units. */
  readonly reference?: readonly number[] | undefined
}

/** What the trials of a study say. The same journal, the same analysis. */
export interface Analysis {
  /** Complete and feasible trials: all that follows is about these. */
  readonly trials: number
  /** One per objective. */
  readonly importances: readonly Importances[]
  /** How often a trial came out as its model had forecast; undefined if nothing was. */
  readonly calibration: Calibration | undefined
  /** Whether the pruner stops what would have been good; undefined if it stopped nothing. By the first objective. */
  readonly falseStops: FalseStops | undefined
  /** The rest is of one objective only … */
  readonly bestSoFar: readonly Step[]
  readonly winner: Winner | undefined
  /** Of 10, 50 and 100 more trials; empty for fewer than 10. */
  readonly gains: readonly Gain[]
  /** Why more trials are hardly worth it: less than 5 % chance that 50 more bring 1 % of the range from median to best. */
  readonly reasonToStop: string | undefined
  /** … or of several. */
  readonly front: Front | undefined
}

export function analyze(state: Readonly<StudyState>, { noise, reference }: AnalyzeOptions = {}): Analysis {
  const { space = {}, objectives = [], seed = 0 } = state.spec ?? {}
  const trials = observations(state)
  const signs = objectives.map(({ direction }) => (direction === 'maximize' ? -1 : 1))
  const shared = {
    trials: trials.length,
    calibration: calibration(state),
    falseStops: falseStops(state.finished, signs[0] === -1 ? -1 : 1),
    importances: objectives.map((_, objective) => importances(space, trials, { objective, seed })),
  }
  if (objectives.length !== 1) {
    const front = frontOf(trials, signs, reference)
    return { ...shared, bestSoFar: [], winner: undefined, gains: [], reasonToStop: undefined, front }
  }
  const losses = trials.map((trial) => trial.losses[0] as number)
  const tail = fitTail(losses)
  const sorted = losses.toSorted((a, b) => a - b)
  const range = (sorted[Math.floor(sorted.length / 2)] ?? 0) - (sorted[0] ?? 0)
  const worth = Number((range / 100).toPrecision(2))
  return {
    ...shared,
    bestSoFar: bestSoFar(trials),
    winner: winner(space, trials, { sign: signs[0] ?? 1, seed, sd: noise }),
    gains: tail ? [10, 50, 100].map((count) => expectedGain(tail, count)) : [],
    reasonToStop: reasonToStop(trials, { gain: worth, trials: 50, chance: 0.05 }),
    front: undefined,
  }
}
