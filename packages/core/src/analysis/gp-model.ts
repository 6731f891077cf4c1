import type { StudyState } from '../journal/state.js'
import { encoding } from '../samplers/gp/encoding.js'
import { history } from '../samplers/gp/history.js'
import { surrogate } from '../samplers/gp/surrogate.js'
import { lossTargets } from '../samplers/gp/targets.js'
import { unwarp } from '../samplers/gp/unwarp.js'
import { power } from '../samplers/gp/warp.js'
import type { Params } from '../space/distribution.js'
import type { Model } from './partial-dependence.js'

/**
 * The Gaussian process of the `gp` sampler, fitted to the finished trials of any study, with the power warp.
 *
 * Pruned trials count as the worst. Losses far above the median count as a cap (`samplers/gp/warp.ts`). O(n³) to make,
 * O(n²) a point; n trials.
 */
export function gpModel(state: Readonly<StudyState>, objective: number): Model {
  const { space = {}, objectives = [] } = state.spec ?? {}
  const coding = encoding(space)
  const directions = objectives.map(({ direction }) => direction)
  const seen = history(coding, { directions })
  for (const trial of state.finished) seen.add(trial)
  const targets = lossTargets(seen, objective, power)
  const model = surrogate(coding, targets)
  for (const { f } of seen.rows) model.add(f)
  model.prepare()
  const n = seen.rows.length
  const back = unwarp(lossTargets(seen, objective, (losses) => losses)(n), targets(n))
  const predict = (params: Params) => {
    const { f } = seen.place(params)
    model.predict(f, 0, false)
    return back(model.mean, model.variance)
  }
  return {
    trials: n,
    average(points) {
      const all = points.map(predict)
      const mean = all.reduce((sum, each) => sum + each.mean, 0) / all.length
      return { mean, sd: Math.sqrt(all.reduce((sum, { sd }) => sum + sd * sd, 0) / all.length) }
    },
  }
}
