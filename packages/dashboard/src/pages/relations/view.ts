import type { StudySpec, StudyState, TrialRow } from '@parzen/core'
import type { ComponentType } from 'react'
import { change } from '../../state/address.js'
import { narrowed } from '../../state/filter-terms.js'

export interface ViewProps {
  /** Of the study. */
  readonly name: string
  readonly state: StudyState
  readonly spec: StudySpec
  /** The complete trials that pass the filter. */
  readonly rows: readonly TrialRow[]
  /** Its index. */
  readonly objective: number
  /** All of the space; once the analysis is there what matters most comes first. */
  readonly parameters: readonly string[]
  readonly isRanked: boolean
  /** That are no objectives. */
  readonly metrics: readonly string[]
}

export type View = ComponentType<ViewProps>

/** What a rectangle in a picture says becomes part of the filter. */
export function keepWithin(
  filter: string,
  conditions: readonly { readonly name: string; readonly condition: string }[],
): void {
  if (conditions.length === 0) return
  change({ filter: conditions.reduce((so, { name, condition }) => narrowed(so, name, condition), filter) })
}
