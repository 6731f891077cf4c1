import { checkOptions, type OptionRule, positive, yesOrNo } from './options.js'
import type { PrunerFactory } from './pruner.js'
import { rungs } from './rungs.js'

export interface AshaOptions {
  /** First step at which a trial is judged, above 0. Default: maxStep / eta²; 1 without maxStep. */
  readonly minStep?: number
  /** Last step of a training: who gets there is not judged any more. Default: none. */
  readonly maxStep?: number
  /** One of so many goes on at each rung; rungs are at minStep, minStep · eta, minStep · eta², … Default 3. */
  readonly eta?: number
  /** Pause instead of stopping, and go on from the checkpoint with those that come to be among the best. Default false. */
  readonly promote?: boolean
}

export const etaRule: OptionRule = {
  expected: 'a number of 2 or more',
  accepts: (value) => typeof value === 'number' && value >= 2 && value < Infinity,
}
const rules: { readonly [option in keyof Required<AshaOptions>]: OptionRule } = {
  minStep: positive,
  maxStep: positive,
  eta: etaRule,
  promote: yesOrNo,
}

/** Asynchronous successive halving (`rungs.ts`): after ever longer runs, only the best of each rung go on. */
export function asha(options: AshaOptions = {}): PrunerFactory {
  checkOptions('asha', { ...options }, rules)
  const { maxStep = Infinity, eta = 3, promote = false } = options
  // what is seen at the very beginning says too little in too many trainings (bench/README.md)
  const { minStep = maxStep < Infinity ? Math.max(1, maxStep / eta ** 2) : 1 } = options
  return () => {
    const bracket = rungs({ minStep, maxStep, eta, promote })
    let completeCount = 0
    const judged = { judge: bracket.judge, complete: () => void completeCount++, target: bracket.target }
    if (!promote) return judged
    return {
      ...judged,
      promote: (paused, isLast) =>
        bracket.promote(paused) ?? (isLast && completeCount === 0 ? bracket.bestPaused(paused) : undefined),
      promoted: bracket.promoted,
    }
  }
}
