import { ParzenError } from '../error.js'
import { rng } from '../numerics/rng.js'
import { etaRule } from './asha.js'
import { checkOptions, type OptionRule, positive, yesOrNo } from './options.js'
import type { PrunerFactory } from './pruner.js'
import { type Rungs, rungs } from './rungs.js'

export interface HyperbandOptions {
  /** First step at which a trial of the most eager bracket is judged, above 0. Default: maxStep / eta³, 1 at least. */
  readonly minStep?: number
  /** Last step of a training. */
  readonly maxStep: number
  readonly eta?: number
  /** Pause instead of stopping, as with `asha`. Default false. */
  readonly promote?: boolean
}

const rules: { readonly [option in keyof Required<HyperbandOptions>]: OptionRule } = {
  minStep: positive,
  maxStep: positive,
  eta: etaRule,
  promote: yesOrNo,
}
/** Keeps the draw of a bracket apart from the draws of parameters, which have the stream (seed, trial). */
const STREAM = 0x48b2

/**
 * Hyperband (Li et al. 2018, JMLR 18), asynchronous: brackets of successive halving (`rungs.ts`) that begin to judge at
 * minStep · eta^b, so that it need not be known how much early values say. A trial's bracket is drawn from the seed and its
 * number, in the shares of the paper: ⌈B eta^(B−1−b) / (B−b)⌉ for b = 0 … B−1, B = ⌊log_eta(maxStep / minStep)⌋ + 1.
 */
export function hyperband(options: HyperbandOptions): PrunerFactory {
  checkOptions('hyperband', { ...options }, rules)
  const { maxStep, eta = 3, promote = false } = options
  const { minStep = Math.max(1, maxStep / eta ** 3) } = options
  if (maxStep === undefined || maxStep < minStep) {
    const wanted =
      maxStep === undefined ? 'maxStep, got none' : `maxStep of at least minStep ${minStep}, got ${maxStep}`
    throw new ParzenError('pruner/option', `pruner hyperband: expected ${wanted}`, {
      path: ['pruner'],
      hint: 'maxStep is the last step a training reports: { name: hyperband, maxStep: 81 }',
    })
  }
  const count = bracketCount(minStep, maxStep, eta)
  const shares = Array.from({ length: count }, (_, b) => Math.ceil((count * eta ** (count - 1 - b)) / (count - b)))
  return ({ seed }) => {
    const brackets = shares.map((_, b) => rungs({ minStep: minStep * eta ** b, maxStep, eta, promote }))
    const bracketOf = (trial: number) => brackets[bracket(shares, rng(seed, trial, STREAM)())] as Rungs
    let completeCount = 0
    return {
      judge: (curve) => bracketOf(curve.trial).judge(curve),
      complete: () => void completeCount++,
      target: (trial, step) => bracketOf(trial).target(trial, step),
      ...(promote
        ? {
            promote(paused: ReadonlySet<number>, isLast: boolean) {
              for (const one of brackets) {
                const promotion = one.promote(paused)
                if (promotion) return promotion
              }
              if (!isLast || completeCount > 0) return undefined
              return brackets.flatMap((one) => one.bestPaused(paused) ?? []).sort((a, b) => a.loss - b.loss)[0]
            },
            promoted: (trial: number) => bracketOf(trial).promoted(trial),
          }
        : {}),
    }
  }
}

/** Which of the brackets u in [0, 1) falls into. */
function bracket(shares: readonly number[], u: number): number {
  let left = u * shares.reduce((sum, share) => sum + share, 0)
  for (let b = 0; b < shares.length; b++) {
    left -= shares[b] as number
    if (left < 0) return b
  }
  return shares.length - 1
}

/** ⌊log_eta(max / min)⌋ + 1, by multiplication: logarithms may fall just short of a whole number. */
function bracketCount(min: number, max: number, eta: number): number {
  let count = 1
  for (let step = min * eta; step <= max * (1 + 1e-12); step *= eta) count++
  return count
}
