import type { Json } from './event.js'
import type { TrialRecord } from './state.js'

/** What sampler `pbt` notes, as memo, of a trial that takes the place of another. */
export interface Lineage {
  /** The trial that ended, whose place in the population this one takes. */
  readonly replaces: number
  /** The trial whose checkpoint it goes on from; without it begins anew. */
  readonly parent?: number
  /** The step that trial had reported last. */
  readonly step?: number
}

/** @returns undefined for a trial that is not in somebody's place. */
export function lineageOf({ memo }: { readonly memo?: Json }): Lineage | undefined {
  const isLineage = typeof memo === 'object' && memo !== null && !Array.isArray(memo) && 'replaces' in memo
  return isLineage ? (memo as unknown as Lineage) : undefined
}

/** The trial whose checkpoints a trial began with, if it is a fork. */
export function parentOf(trial: Pick<TrialRecord, 'memo'>): number | undefined {
  return lineageOf(trial)?.parent
}
