import { checkOptions, naturalNumber, type OptionRule } from './options.js'
import type { PrunerFactory } from './pruner.js'
import { signedRankGreater } from './signed-rank.js'

export interface WilcoxonOptions {
  /** Stop if it would be this unlikely, or less, to look so much worse by chance; above 0, below 1. Default 0.1. */
  readonly threshold?: number
  /** Steps in common with the best trial before it is compared. Default 2. */
  readonly startupSteps?: number
}

const rules: { readonly [option in keyof Required<WilcoxonOptions>]: OptionRule } = {
  threshold: {
    expected: 'a number above 0 and below 1',
    accepts: (value) => typeof value === 'number' && value > 0 && value < 1,
  },
  startupSteps: naturalNumber,
}

/**
 * For objectives that are means over instances (folds, data sets, seeds): a step is an instance, in any order, and a trial is
 * stopped if it is significantly worse than the best completed one on the instances both have, by the signed-rank test. Decides as
 * Optuna's WilcoxonPruner: at least two pairs, p below the threshold, and a worse mean over its instances.
 */
export function wilcoxon(options: WilcoxonOptions = {}): PrunerFactory {
  checkOptions('wilcoxon', { ...options }, rules)
  const { threshold = 0.1, startupSteps = 2 } = options
  return () => {
    let best: { readonly loss: number; readonly at: ReadonlyMap<number, number>; readonly mean: number } | undefined
    return {
      judge({ trial: _, steps, losses }) {
        if (!best || losses.some((loss) => !Number.isFinite(loss))) return undefined
        const differences = steps.flatMap((step, i) => {
          const other = best?.at.get(step)
          return other === undefined ? [] : [(losses[i] as number) - other]
        })
        if (differences.length < Math.max(2, startupSteps) || differences.some((d) => !Number.isFinite(d)))
          return undefined
        if (mean(losses) <= best.mean) return undefined
        const p = signedRankGreater(differences)
        if (!(p < threshold)) return undefined
        const reason = `worse than the best trial on ${differences.length} steps in common, p = ${p.toPrecision(2)}`
        return { verdict: 'prune', reason }
      },
      complete({ steps, losses }, loss) {
        if (best && !(loss < best.loss)) return
        best = { loss, at: new Map(steps.map((step, i) => [step, losses[i] as number])), mean: mean(losses) }
      },
    }
  }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, v) => sum + v, 0) / values.length
}
