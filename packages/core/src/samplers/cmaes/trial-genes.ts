import type { Json } from '../../journal/event.js'
import type { Choice, Params } from '../../space/distribution.js'
import type { Axis } from './axis.js'

/** What a suggestion leaves with its trial: the state of the search is folded from these and the results. */
export type Memo = {
  readonly restart: number
  readonly generation: number
  /** d numbers, before the stretch of the margin; inactive parameters too. */
  readonly genes: readonly number[]
}

/** The memo of a trial this sampler suggested; undefined for those of people and of other samplers. */
export function memoOf(memo: Json | undefined, d: number): Memo | undefined {
  if (typeof memo !== 'object' || memo === null) return undefined
  const { restart, generation, genes } = memo as { readonly [key: string]: Json }
  if (typeof restart !== 'number' || typeof generation !== 'number' || !Array.isArray(genes)) return undefined
  return genes.length === d ? { restart, generation, genes: genes as readonly number[] } : undefined
}

/**
 * The genes of a trial. Continuous ones come from the values, so that they are right after the space was edited; those
 * of steps and inactive parameters from the memo, else NaN for inactive ones.
 */
export function genesOf(axes: readonly Axis[], params: Params, memo: Memo | undefined): Float64Array {
  return Float64Array.from(axes, ({ name, discrete, low, high, toGene }, j) => {
    const value = params[name]
    const kept = memo?.genes[j]
    if (kept !== undefined && (discrete || value === undefined)) return kept
    return typeof value === 'number' ? Math.min(high, Math.max(low, toGene(value as Choice))) : Number.NaN
  })
}
