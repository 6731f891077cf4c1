import { join } from 'node:path'
import { decodeMetrics, encodeMetrics, type Json, type Report } from '@parzen/core'
import type { EventPosition } from '../tensorboard/read-scalars.js'
import type { EventSource } from './event-reports.js'
import { type LinePosition, readLines } from './line-reader.js'
import { type LineParser, type ParsedLine, parseJsonLine } from './metrics.js'

/** Where the reader of an attempt's output stands: written with the reports, so that none is read twice or never. */
interface Cursor {
  readonly stdout: LinePosition
  readonly file: LinePosition
  readonly events?: EventPosition
  /** How many reports came before; of a runner that did not count them it is not known. */
  readonly count?: number
  /** The step of the next report that names none: one above all so far. */
  readonly nextStep: number
  /** Of each objective the value at its highest step; of several there the last. */
  readonly last: { readonly [metric: string]: { readonly step: number; readonly value: Report['metrics'][string] } }
}

const START: Cursor = { stdout: { at: 0, skipping: false }, file: { at: 0, skipping: false }, nextStep: 0, last: {} }

/** Follows the metrics an attempt writes to standard output, to `metrics.jsonl` in its folder and to event files. */
export interface Tail {
  /** What was written since the last call, bounded. @param final as of `readLines` */
  read(final: boolean): TailRead
  /** The value of each objective at its highest step so far: two files have no order between them but that. */
  last(): { readonly [metric: string]: number }
  /** Reports the attempt has made so far. */
  readonly count: number
  /** Names of metrics met, at most 50. */
  seen(): readonly string[]
}

export interface TailRead {
  readonly reports: readonly Report[]
  /** How many the attempt has made before these. */
  readonly from: number
  /** Where the reader stands now. */
  readonly cursor: Json
  /** Whether there is more to read at once. */
  readonly more: boolean
}

export interface TailOptions {
  /** The attempt's. */
  readonly folder: string
  readonly parseStdout: LineParser
  readonly wanted: readonly string[]
  readonly events?: EventSource | undefined
  /** Where another runner stood that has read before. */
  readonly cursor: Json | undefined
  /** Reports of the attempt in the journal. */
  readonly known?: number
  readonly now: () => number
}

/** The one further on of two cursors of an attempt: after its first reports the journal's stays where it is. */
export function furthest(journal: Json | undefined, series: Json | undefined): Json | undefined {
  const countOf = (cursor: Json | undefined) => (cursor as unknown as Cursor | undefined)?.count ?? -1
  return countOf(series) > countOf(journal) ? series : journal
}

export function openTail({ folder, parseStdout, wanted, events, cursor: before, known = 0, now }: TailOptions): Tail {
  let cursor = (before as unknown as Cursor | undefined) ?? START
  // an older runner put all of them there
  let count = cursor.count ?? known
  const seen = new Set<string>(Object.keys(cursor.last))

  const take = (parsed: ParsedLine): Report => {
    const { nextStep } = cursor
    const step = parsed.step ?? nextStep
    const metrics = encodeMetrics(parsed.metrics)
    const last = { ...cursor.last }
    for (const [name, value] of Object.entries(metrics)) {
      if (seen.size < 50) seen.add(name)
      if (wanted.includes(name) && step >= (last[name]?.step ?? 0)) last[name] = { step, value }
    }
    cursor = { ...cursor, nextStep: Math.max(nextStep, Math.floor(step) + 1), last }
    return { at: now(), step, metrics }
  }

  const readSource = (source: 'stdout' | 'file', parse: LineParser, final: boolean, reports: Report[]): boolean => {
    const path = join(folder, source === 'stdout' ? 'stdout.log' : 'metrics.jsonl')
    const { lines, position, more } = readLines(path, cursor[source], final)
    if (position === cursor[source]) return false
    for (const line of lines) {
      const parsed = parse(line)
      if (parsed) reports.push(take(parsed))
    }
    cursor = { ...cursor, [source]: position }
    return more
  }

  const readEvents = (final: boolean, reports: Report[]): boolean => {
    if (!events) return false
    const { lines, position, more } = events.read(cursor.events ?? {}, final)
    for (const line of lines) reports.push(take(line))
    cursor = { ...cursor, events: position }
    return more
  }

  return {
    read(final) {
      const reports: Report[] = []
      const from = count
      const moreText = readSource('stdout', parseStdout, final, reports)
      const moreFile = readSource('file', parseJsonLine, final, reports)
      const moreEvents = readEvents(final, reports)
      count += reports.length
      cursor = { ...cursor, count }
      return { reports, from, cursor: cursor as unknown as Json, more: moreText || moreFile || moreEvents }
    },
    get count() {
      return count
    },
    last: () =>
      decodeMetrics(Object.fromEntries(Object.entries(cursor.last).map(([name, { value }]) => [name, value]))),
    seen: () => [...seen],
  }
}
