import { endPredictor } from '../numerics/curve-end.js'
import { checkOptions, naturalNumber, type OptionRule, positive } from './options.js'
import type { Curve, PrunerFactory } from './pruner.js'

export interface ExtrapolateOptions {
  /** Trials trained to their end before any is judged, at least 4. Default 6. */
  readonly startupTrials?: number
  /** First step at which a trial is judged. Default: maxStep / 16. */
  readonly minStep?: number
  /** Last step of a training. Default: the last that a complete trial reported. */
  readonly maxStep?: number
  /** A trial is stopped if the chance that its end beats the best is below this. Default 0.1. */
  readonly chance?: number
}

const rules: { readonly [option in keyof Required<ExtrapolateOptions>]: OptionRule } = {
  startupTrials: naturalNumber,
  minStep: positive,
  maxStep: positive,
  chance: {
    expected: 'a number above 0 and below 1',
    accepts: (value) => typeof value === 'number' && value > 0 && value < 1,
  },
}

/** A trial is judged at minStep, and again each time it has gone on for half as long again. */
const AGAIN = 1.5
const FIRST_SHARE = 1 / 16

/** Stops a trial whose curve, extrapolated by those that have ended (`numerics/curve-end.ts`), hardly gets to beat the best end. */
export function extrapolate(options: ExtrapolateOptions = {}): PrunerFactory {
  checkOptions('extrapolate', { ...options }, rules)
  const { startupTrials = 6, minStep, maxStep, chance = 0.1 } = options
  return () => {
    const ended: { steps: readonly number[]; losses: readonly number[] }[] = []
    /** By trial, the step from which on it is judged next. */
    const next = new Map<number, number>()
    let best = Infinity
    let longest = 0
    return {
      judge(curve) {
        const step = curve.steps.at(-1) as number
        const loss = curve.losses.at(-1) as number
        const last = maxStep ?? longest
        if (ended.length < startupTrials || step >= last) return undefined
        const due = next.get(curve.trial) ?? minStep ?? last * FIRST_SHARE
        if (step < due || loss < best) return undefined
        next.set(curve.trial, step * AGAIN)
        if (Number.isNaN(loss)) return { verdict: 'prune', reason: `step ${step}: no number` }
        const hope = endPredictor(ended, step)?.(inOrder(curve))?.below(best)
        if (hope === undefined || hope >= chance) return undefined
        return {
          verdict: 'prune',
          reason: `step ${step}: a chance of ${percent(hope)} to end better than the best of ${ended.length}`,
        }
      },
      complete(curve) {
        const course = inOrder(curve)
        const end = course.losses.at(-1)
        if (end === undefined || !Number.isFinite(end)) return
        ended.push(course)
        best = Math.min(best, end)
        longest = Math.max(longest, course.steps.at(-1) as number)
      },
    }
  }
}

function inOrder({ steps, losses }: Curve): { steps: number[]; losses: number[] } {
  const order = Array.from(steps.keys()).sort((a, b) => (steps[a] as number) - (steps[b] as number))
  return { steps: order.map((i) => steps[i] as number), losses: order.map((i) => losses[i] as number) }
}

function percent(share: number): string {
  return `${(100 * share).toFixed(share < 0.01 ? 2 : 0)} %`
}
