import type { Params } from '../../space/distribution.js'
import { checkOptions, naturalNumber, type OptionRule, positiveInteger, yesOrNo } from '../options.js'
import { drawParams } from '../random.js'
import type { Problem, Sampler, SamplerFactory } from '../sampler.js'
import { branches } from './branches.js'
import { type Encoding, encoding } from './encoding.js'
import { forecastMemo } from './forecast.js'
import { type History, history } from './history.js'
import { models } from './models.js'
import { search } from './search.js'
import { farthestDraw } from './startup.js'

export interface GpOptions {
  /** Trials, finished or running, before the model is used. Default 10. */
  readonly startupTrials?: number
  /** Points scored for a suggestion before the local search from the best of them. Default 800. */
  readonly candidates?: number
  /** Learn from what stopped, paused and running trials have reported, too (`curve-model.ts`). Default false: docs/decisions/0025. */
  readonly curves?: boolean
}

const rules: { readonly [option in keyof Required<GpOptions>]: OptionRule } = {
  startupTrials: naturalNumber,
  candidates: positiveInteger,
  curves: yesOrNo,
}

/**
 * Bayesian optimisation with Gaussian processes, for some 10 to 500 trials of anything.
 *
 * One Matérn-5/2 process with a length scale a parameter covers the whole space: numbers, categories (Hamming distance), and
 * conditional parameters, which sit at a fixed place while inactive (`kernel.ts`). Hyperparameters maximise the
 * posterior under dimension-scaled priors (`prior.ts`, `likelihood.ts`), shapes that warp each number among them
 * (`input-warp.ts`); losses are warped three ways in turn (`warp.ts`, `models.ts`). The point with the largest
 * ln of the expected improvement is tried (Ament et al. 2023), found by scoring draws and mutations of the best trials
 * and a local search that alternates gradients and coordinate sweeps (`search.ts`). Nearest relatives: HEBO (Cowen-Rivers et al. 2022),
 * Vizier's GP bandit (Song et al. 2024), Optuna's GPSampler. Differs from all three:
 * - conditional spaces are one model, and no branch is forgotten (`branches.ts`);
 * - start-up points are spread over branches and far from one another (`startup.ts`);
 * - running trials: the improvement is averaged over 16 imagined results of theirs (`surrogate.ts`, `acquisition.ts`); with several
 *   objectives they are believed to give their mean;
 * - failed trials teach a classifier and constraints a process each; the improvement is multiplied by their
 *   probabilities. Pruned trials are imagined as running ones are, hopeless ones count as the worst seen (`history.ts`);
 * - with `curves`, one model of parameters and progress learns from what trials report on their way (`curve-model.ts`);
 * - several objectives: a process each, and the expected volume gained below the corners of the front
 *   (`acquisition.ts`);
 * - hyperparameters are fitted at numbers of observations fixed beforehand, so that a replay fits the same (`schedule.ts`).
 *
 * The memo says what was maximised and what the model expected (`forecast.ts`).
 * O(n³) at a fit, O(n²) a candidate; n finished trials.
 */
export function gp(options: GpOptions = {}): SamplerFactory {
  checkOptions('gp', { ...options }, rules)
  const { startupTrials = 10, candidates = 800, curves = false } = options
  return (problem) => {
    const coding = encoding(problem.space)
    // nothing to learn in a space of constants
    if (coding.dims === 0)
      return { observe() {}, suggest: (_running, { rng }) => ({ params: drawParams(problem.space, rng) }) }
    return gpSampler(problem, coding, { startupTrials, candidates, curves })
  }
}

function gpSampler(problem: Problem, coding: Encoding, options: Required<GpOptions>): Sampler {
  const { startupTrials, candidates } = options
  const { space } = problem
  const seen = history(coding, problem)
  const model = models(seen, coding, problem, options)
  const tree = branches(coding)
  const mutants = Math.floor(0.4 * candidates)
  const find = search(coding, { draws: candidates - mutants, mutants, starts: 5 })
  return {
    observe(finished) {
      for (const trial of finished) seen.add(trial)
      model.observe(finished)
    },
    suggest(running, { number, rng }) {
      const going = running.map(({ params }) => seen.place(params))
      const started = [...seen.outcomes, ...going]
      const opinion = isStartingUp(seen, going.length, startupTrials)
        ? undefined
        : model.consult({ number, rng, running, going })
      if (!opinion) return { params: farthestDraw({ space, coding, branches: tree, place: seen.place, started, rng }) }
      const taken = new Set(going.map(({ f }) => f.join()))
      const held = tree.neglected(started) ?? []
      const isKnown = (f: Float64Array, at: number) =>
        seen.isKnown(f, at) || taken.has(f.subarray(at, at + coding.dims).join())
      const task = { ...opinion, isKnown, held, rng }
      const isTried = (params: Params) => isKnown(seen.place(params).f, 0)
      const first = coding.decode(find(task), 0)
      // nothing is left in the branch it was held to
      const params = held.length > 0 && isTried(first) ? coding.decode(find({ ...task, held: [] }), 0) : first
      return { params, memo: forecastMemo(opinion.name, opinion.forecast(seen.place(params))) }
    },
  }
}

/** Where most trials fail, not for ever. */
function isStartingUp({ rows, stopped, outcomes }: History, running: number, startupTrials: number): boolean {
  return rows.length + stopped.length + running < startupTrials && outcomes.length + running < 3 * startupTrials
}
