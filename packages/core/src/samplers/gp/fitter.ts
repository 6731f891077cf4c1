import { lbfgs } from '../../numerics/lbfgs.js'
import { likelihood } from './likelihood.js'
import type { Prior } from './prior.js'
import { anchorsUpTo } from './schedule.js'

/** What is modelled of the first n observations, as it was known when there were n: smaller is better, mean 0, sd 1. */
export type Targets = (n: number) => Float64Array

/** t = (ln θ, ln s, ln σ², ln a, ln b) as in prior.ts for the first n rows of X by maximum a posteriori; n a milestone. */
export type Fitter = (X: Float64Array, n: number) => Float64Array

/**
 * Each anchor is fitted from the one before and from the prior's centre, a milestone from its anchor (see schedule.ts). The
 * warp of the inputs moves at anchors only.
 */
export function fitter(dims: number, numeric: number, prior: Prior, targets: Targets): Fitter {
  const f = likelihood(dims, numeric, prior)
  const minimize = lbfgs(prior.mean.length)
  const anchors = new Map<number, Float64Array>()

  function descend(X: Float64Array, y: Float64Array, start: Float64Array, maxEvaluations: number) {
    const t = start.slice()
    const stop = { maxEvaluations, gradientTolerance: 1e-2, valueTolerance: 1e-5 }
    return { t, value: minimize(f.of(X, y, y.length), t, prior.box, stop) }
  }

  /** With the warp held where it is. */
  function refine(X: Float64Array, y: Float64Array, start: Float64Array, maxEvaluations: number) {
    const t = start.slice(0, dims + 2)
    const shape = start.subarray(dims + 2)
    const stop = { maxEvaluations, gradientTolerance: 1e-2, valueTolerance: 1e-5 }
    minimize(f.of(X, y, y.length, shape), t, prior.box, stop)
    const whole = start.slice()
    whole.set(t)
    return whole
  }

  return (X, n) => {
    let t: Float64Array = prior.mean.slice()
    let last = 0
    for (const anchor of anchorsUpTo(n)) {
      let fitted = anchors.get(anchor)
      if (!fitted) {
        const y = targets(anchor)
        const warm = descend(X, y, t, anchor < 150 ? 40 : 10)
        // the prior's centre again: the chain must be able to leave a mode that fewer trials suggested
        const cold = last > 0 && anchor < 150 ? descend(X, y, prior.mean, 40) : warm
        fitted = cold.value < warm.value ? cold.t : warm.t
        anchors.set(anchor, fitted)
      }
      t = fitted
      last = anchor
    }
    if (last === n) return t
    return refine(X, targets(n), t, n < 40 ? 15 : 10)
  }
}
