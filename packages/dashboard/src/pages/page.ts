import type { TrialRow } from '@parzen/core'
import type { ComponentType } from 'react'
import type { LiveStudy } from '../live/live-study.js'

export interface StudyPageProps {
  readonly name: string
  readonly live: LiveStudy
  /** Of all trials, and of those that pass the filter in the address, by number. */
  readonly rows: readonly TrialRow[]
  readonly shown: readonly TrialRow[]
  /** Names of metrics that are no objectives; rows have the values of those that the address names. */
  readonly metrics: readonly string[]
}

export interface StudyPage {
  readonly title: string
  readonly page: ComponentType<StudyPageProps>
  /** Reached from other pages, not from the menu. */
  readonly isHidden?: boolean
  /** It lets one choose among all metrics, which have to be known for that. */
  readonly offersMetrics?: boolean
  /** Asks for what it is going to show when a study is opened with it, before the trials are there. */
  readonly ahead?: (name: string) => void
}
