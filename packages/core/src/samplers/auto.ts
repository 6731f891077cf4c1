import { gp } from './gp/gp.js'
import { checkOptions } from './options.js'
import type { Sampler, SamplerFactory } from './sampler.js'
import { tpe } from './tpe/tpe.js'

/** A suggestion of `gp` costs up to some tenths of a second there; training is dearer, but not without limit. */
const MOST_MODELLED = 200
/** A trial that was stopped early says less, and there are many of them. */
const PRUNED_WEIGHT = 0.4
/** Kernels of many length scales have too little to learn them from, and take too long. */
const MOST_PARAMETERS = 60
/** The corners of a front multiply with each objective. */
const MOST_OBJECTIVES = 3

/**
 * Picks for the user: `gp` for the first 200 finished trials, `tpe` from then on, and for spaces of more than 60
 * parameters or more than three objectives `tpe` from the start. On the problems of `bench/README.md` that order loses
 * to neither.
 *
 * The memo names who spoke and why, before what that one noted: `{ by: 'gp', why: 'few trials', … }`.
 */
export function auto(options: object = {}): SamplerFactory {
  checkOptions('auto', { ...options }, {})
  return (problem) => {
    const isLarge = Object.keys(problem.space).length > MOST_PARAMETERS
    const isModelled = !isLarge && problem.directions.length <= MOST_OBJECTIVES
    const model: Sampler | undefined = isModelled ? gp()(problem) : undefined
    const density = tpe()(problem)
    const why = isModelled ? 'many trials' : isLarge ? 'many parameters' : 'many objectives'
    let finishedCount = 0
    return {
      observe(finished) {
        // the model never speaks again once it has missed one
        if (finishedCount < MOST_MODELLED) model?.observe(finished)
        density.observe(finished)
        for (const { state } of finished) finishedCount += state === 'pruned' ? PRUNED_WEIGHT : 1
      },
      suggest(running, ask) {
        if (model && finishedCount < MOST_MODELLED) {
          const suggestion = model.suggest(running, ask)
          return (
            suggestion && {
              params: suggestion.params,
              memo: { by: 'gp', why: 'few trials', ...(suggestion.memo as object) },
            }
          )
        }
        const suggestion = density.suggest(running, ask)
        return suggestion && { params: suggestion.params, memo: { by: 'tpe', why, ...(suggestion.memo as object) } }
      },
    }
  }
}
