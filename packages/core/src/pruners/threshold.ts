import { ParzenError } from '../error.js'
import { checkOptions, isFiniteNumber, naturalNumber, type OptionRule, positiveInteger } from './options.js'
import type { PrunerFactory } from './pruner.js'

export interface ThresholdOptions {
  /** In the units of the metric; one of both at least. */
  readonly lower?: number
  readonly upper?: number
  /** No trial is stopped before this step. Default 0. */
  readonly warmupSteps?: number
  /** Looked at every so many reports. Default 1. */
  readonly intervalSteps?: number
}

const rules: { readonly [option in keyof Required<ThresholdOptions>]: OptionRule } = {
  lower: isFiniteNumber,
  upper: isFiniteNumber,
  warmupSteps: naturalNumber,
  intervalSteps: positiveInteger,
}

/** Stops a trial whose metric leaves the range, or is no number; decides as Optuna's ThresholdPruner. */
export function threshold(options: ThresholdOptions): PrunerFactory {
  checkOptions('threshold', { ...options }, rules)
  const { lower = -Infinity, upper = Infinity, warmupSteps = 0, intervalSteps = 1 } = options
  if (!(lower < upper) || (lower === -Infinity && upper === Infinity)) {
    const given = (['lower', 'upper'] as const).filter((name) => options[name] !== undefined)
    const got = given.map((name) => `${name} ${options[name]}`).join(', ') || 'neither'
    throw new ParzenError('pruner/option', `pruner threshold: expected lower, upper, or lower < upper, got ${got}`, {
      path: ['pruner'],
    })
  }
  return ({ direction }) => ({
    judge({ steps, losses }) {
      const step = steps.at(-1) as number
      const start = Math.floor((step - warmupSteps) / intervalSteps) * intervalSteps + warmupSteps
      const before = Math.max(-1, ...steps.slice(0, -1).filter((other) => other < step))
      if (step < warmupSteps || before >= start) return undefined
      const value = (direction === 'maximize' ? -1 : 1) * (losses.at(-1) as number)
      const prune = (what: string) => ({ verdict: 'prune' as const, reason: `step ${step}: ${what}` })
      if (Number.isNaN(value)) return prune('no number')
      if (value < lower) return prune(`${value} is below ${lower}`)
      return value > upper ? prune(`${value} is above ${upper}`) : undefined
    },
    complete() {},
  })
}
