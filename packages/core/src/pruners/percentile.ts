import { checkOptions, naturalNumber, type OptionRule, positiveInteger } from './options.js'
import type { Curve, PrunerFactory } from './pruner.js'

export interface MedianOptions {
  /** Trials that must have ended with a result before any is stopped. Default 5. */
  readonly startupTrials?: number
  /** No trial is stopped before this step. Default 0. */
  readonly warmupSteps?: number
  /** Judged at the first report in each interval of so many steps. Default 1. */
  readonly intervalSteps?: number
  /** Values that must be known at the step to compare with. Default 1. */
  readonly minTrials?: number
}

export interface PercentileOptions extends MedianOptions {
  /** Trials worse than this percentile of the others are stopped, 0 to 100: the share that may go on. Default 25. */
  readonly percentile?: number
}

const medianRules: { readonly [option in keyof Required<MedianOptions>]: OptionRule } = {
  startupTrials: naturalNumber,
  warmupSteps: naturalNumber,
  intervalSteps: positiveInteger,
  minTrials: positiveInteger,
}
const percentileRule: OptionRule = {
  expected: 'a number from 0 to 100',
  accepts: (value) => typeof value === 'number' && value >= 0 && value <= 100,
}

/** Stops what is worse than the median: the rule of Google Vizier (Golovin et al. 2017, 3.2.2), with the best value instead of the running mean. */
export function median(options: MedianOptions = {}): PrunerFactory {
  checkOptions('median', { ...options }, medianRules)
  return worseThan(50, 'median', options)
}

/** Stops a trial whose best value so far is worse than a percentile of the values of completed trials at the same step; decides as Optuna's PercentilePruner. */
export function percentile(options: PercentileOptions = {}): PrunerFactory {
  checkOptions('percentile', { ...options }, { ...medianRules, percentile: percentileRule })
  const { percentile = 25, ...rest } = options
  return worseThan(percentile, `percentile ${percentile}`, rest)
}

function worseThan(
  percent: number,
  name: string,
  { startupTrials = 5, warmupSteps = 0, intervalSteps = 1, minTrials = 1 }: MedianOptions,
): PrunerFactory {
  return () => {
    let completeCount = 0
    // losses of completed trials by step, NaN left out; the count has them
    const at = new Map<number, { readonly losses: number[]; count: number; isSorted: boolean }>()
    return {
      judge(curve) {
        const step = curve.steps.at(-1) as number
        if (completeCount < startupTrials || completeCount === 0 || step < warmupSteps) return undefined
        if (!isFirstOfInterval(curve, warmupSteps, intervalSteps)) return undefined
        if (Number.isNaN(curve.best)) return { verdict: 'prune', reason: `no number up to step ${step}` }
        const others = at.get(step)
        if (!others || others.count < minTrials || others.losses.length === 0) return undefined
        if (!others.isSorted) others.losses.sort((a, b) => a - b)
        others.isSorted = true
        const limit = quantile(others.losses, percent / 100)
        if (!(curve.best > limit)) return undefined
        return {
          verdict: 'prune',
          reason: `step ${step}: worse than the ${name} of ${others.count} completed trial${others.count === 1 ? '' : 's'}`,
        }
      },
      complete({ steps, losses }) {
        completeCount++
        steps.forEach((step, i) => {
          let here = at.get(step)
          if (!here) {
            here = { losses: [], count: 0, isSorted: false }
            at.set(step, here)
          }
          here.count++
          here.isSorted = false
          const loss = losses[i] as number
          if (!Number.isNaN(loss)) here.losses.push(loss)
        })
      },
    }
  }
}

function isFirstOfInterval({ steps }: Curve, warmup: number, interval: number): boolean {
  const step = steps.at(-1) as number
  const start = Math.floor((step - warmup) / interval) * interval + warmup
  // from the end: most reports come in order
  return start === step || steps.findLastIndex((other) => other >= start && other < step) < 0
}

/** Linear between order statistics, as NumPy's default. */
function quantile(sorted: readonly number[], p: number): number {
  const at = p * (sorted.length - 1)
  const low = Math.floor(at)
  const a = sorted[low] as number
  const b = sorted[Math.min(low + 1, sorted.length - 1)] as number
  return at === low ? a : a + (at - low) * (b - a)
}
