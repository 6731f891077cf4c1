import type { Named } from '../journal/event.js'
import { checkOptions, naturalNumber, notNegative, type OptionRule } from './options.js'
import type { Curve, PrunerFactory } from './pruner.js'

export interface PatientOptions {
  /** Reports without a better value than before that are waited for. */
  readonly patience: number
  /** Better by less than this is not better. Default 0. */
  readonly minDelta?: number
  /** What is asked then: a pruner's name, or its name with options. Default: stop. */
  readonly pruner?: string | Named
}

const rules: { readonly [option in keyof Required<PatientOptions>]: OptionRule } = {
  patience: naturalNumber,
  minDelta: notNegative,
  pruner: {
    expected: 'the name of a pruner, or its name with options',
    accepts: (value) => typeof value === 'string' || typeof (value as Named | null)?.name === 'string',
  },
}

/** Stops a trial only if it has not improved for a while; decides as Optuna's PatientPruner. @param inner what else must want to stop it. */
export function patient(options: PatientOptions, inner?: PrunerFactory): PrunerFactory {
  checkOptions('patient', { ...options, patience: options.patience ?? null }, rules)
  const { patience, minDelta = 0 } = options
  return (problem) => {
    const asked = inner?.(problem)
    return {
      judge(curve) {
        // always asked: it keeps account of all trials
        const judgement = asked?.judge(curve)
        if (!isStale(curve, patience, minDelta)) return undefined
        const step = curve.steps.at(-1) as number
        const why = `step ${step}: no better for ${patience + 1} reports`
        if (!asked) return { verdict: 'prune', reason: why }
        return judgement && { verdict: judgement.verdict, reason: `${judgement.reason}; ${why}` }
      },
      complete: (curve, loss) => asked?.complete(curve, loss),
      ...(asked?.promote ? { promote: asked.promote } : {}),
      ...(asked?.promoted ? { promoted: asked.promoted } : {}),
    }
  }
}

function isStale({ steps, losses }: Curve, patience: number, minDelta: number): boolean {
  if (steps.length <= patience + 1) return false
  const inOrder = Array.from(steps, (step, i) => ({ step, loss: losses[i] as number })).sort((a, b) => a.step - b.step)
  const least = (part: typeof inOrder) =>
    part.reduce((best, { loss }) => (Number.isNaN(loss) || best <= loss ? best : loss), Number.NaN)
  return least(inOrder.slice(0, -patience - 1)) + minDelta < least(inOrder.slice(-patience - 1))
}
