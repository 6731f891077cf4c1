import type { Json, Points, Report, Store } from '@parzen/core'
import type { LastValues } from './decisive.js'

/** What an attempt of a trial measured: its own reports, or what was seen of its processes. */
export interface SeriesKey {
  readonly study: string
  readonly trial: number
  /** From 1. */
  readonly attempt: number
  readonly kind: 'metrics' | 'system'
}

export interface SeriesAppend extends SeriesKey {
  /** How many records of this kind the attempt has made before these; those that are not kept stay a gap. */
  readonly from: number
  readonly records: readonly Report[]
  /** What `cursor` says from then on; default: what it said before. */
  readonly cursor?: Json | undefined
}

export interface SeriesHead extends SeriesKey {
  /** The first record kept: those before it are elsewhere. */
  readonly first: number
  /** The number after that of the last record. */
  readonly length: number
  /** Of several values at the greatest step the last. */
  readonly last: LastValues
}

export interface SeriesPage {
  readonly records: readonly Report[]
  /** Where to read on. */
  readonly next: number
}

/**
 * Where dense metrics are kept: every record of an attempt, numbered from 0. The journal decides; this is only ever read.
 *
 * Laws (`series.contract.ts`): an append is all or nothing and durable; records of the same numbers are replaced, so that
 * what is sent again after a crash is there once; every number comes back as it was, NaN and infinities too.
 */
export interface SeriesStore {
  append(batch: readonly SeriesAppend[]): Promise<void>
  /** By trial and attempt. @param trials default: all. */
  heads(study: string, kind: SeriesKey['kind'], trials?: readonly number[]): Promise<readonly SeriesHead[]>
  /** Some records from `from` on, in order; none only if there are no more. */
  records(key: SeriesKey, from: number): Promise<SeriesPage>
  /** Where the reader of the attempt's output may go on after a crash: written with the records, all or nothing. */
  cursor(key: SeriesKey): Promise<Json | undefined>
  /**
   * In the order of the records that have it; what is no number left out.
   *
   * @param most if there are more records, the least and the greatest value of each of most / 2 stretches of them.
   */
  points(key: SeriesKey, metric: string, most: number): Promise<Points>
}

/** A study that was taken out, of which something is left. */
export interface Erased {
  readonly key: number
  readonly study: string
}

/** How studies are taken out of a store for good. */
export interface Erasing {
  /** Another study of the same name has another key. @returns undefined if there is none of that name. */
  key(study: string): Promise<number | undefined>
  /** From then on the study is not in the store: all or nothing. @returns false if it was not. */
  take(study: string): Promise<boolean>
  /** What was taken and is not free yet. */
  left(): Promise<readonly Erased[]>
  /** Frees what it occupies, in transactions that let other writers through. */
  free(one: Erased): Promise<void>
}

/** Journals, and the series beside them. */
export interface Repository extends Store {
  readonly series: SeriesStore
  /** Not of a store in memory. */
  readonly erasing?: Erasing
}
