import type { Space } from '../space/distribution.js'
import { fanova } from './fanova.js'
import type { Observation } from './observation.js'
import { pedAnova } from './ped-anova.js'

export interface Importance {
  readonly name: string
  /** For being among the best tenth of the trials; sums to 1 over the parameters (PED-ANOVA). */
  readonly top: number
  /** The share of the variance over the whole space that it explains alone (fANOVA); undefined below 8 trials. */
  readonly alone: number | undefined
}

export interface Importances {
  /** The greatest `top` first. */
  readonly parameters: readonly Importance[]
  /** What two parameters explain together beyond what they explain alone, the greatest first. */
  readonly pairs: readonly { readonly names: readonly [string, string]; readonly share: number }[]
}

/** @param objective its index. @returns no parameters for fewer than 4 trials, which say nothing. */
export function importances(
  space: Space,
  trials: readonly Observation[],
  { objective, seed }: { readonly objective: number; readonly seed: number },
): Importances {
  if (trials.length < 4) return { parameters: [], pairs: [] }
  const losses = trials.map((trial) => trial.losses[objective] as number)
  const top = pedAnova(space, trials, losses)
  const sum = [...top.values()].reduce((a, b) => a + b, 0)
  const whole = fanova(space, trials, losses, seed)
  const parameters = [...top].map(([name, x]) => ({ name, top: sum > 0 ? x / sum : 0, alone: whole?.main.get(name) }))
  return { parameters: parameters.toSorted((a, b) => b.top - a.top), pairs: whole?.pairs ?? [] }
}
