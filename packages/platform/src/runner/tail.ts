import { join } from 'node:path'
import { decodeMetrics, encodeMetrics, type Json, type Report } from '@parzen/core'
import { type LinePosition, readLines } from './line-reader.js'
import { type LineParser, parseJsonLine } from './metrics.js'

/** Where the reader of an attempt's output stands: written with the reports, so that none is read twice or never. */
interface Cursor {
  readonly stdout: LinePosition
  readonly file: LinePosition
  /** Reports so far: the step of the next one that names none. */
  readonly count: number
  /** The last value of each objective. */
  readonly last: Report['metrics']
}

const START: Cursor = { stdout: { at: 0, skipping: false }, file: { at: 0, skipping: false }, count: 0, last: {} }

/** Follows the metrics an attempt writes to standard output and to `metrics.jsonl` in its folder. */
export interface Tail {
  /** What was written since the last call, bounded; `cursor` belongs to it. @param final as of `readLines` */
  read(final: boolean): { readonly reports: readonly Report[]; readonly cursor: Json; readonly more: boolean }
  /** The last value of each objective so far. */
  last(): { readonly [metric: string]: number }
  /** Names of metrics met, at most 50. */
  seen(): readonly string[]
}

export interface TailOptions {
  /** The attempt's. */
  readonly folder: string
  readonly parseStdout: LineParser
  readonly objectives: readonly string[]
  /** Of the last reports in the journal, if another runner has read before. */
  readonly cursor: Json | undefined
  readonly now: () => number
}

export function openTail({ folder, parseStdout, objectives, cursor: before, now }: TailOptions): Tail {
  let cursor = (before as unknown as Cursor | undefined) ?? START
  const seen = new Set<string>(Object.keys(cursor.last))

  const readSource = (source: 'stdout' | 'file', parse: LineParser, final: boolean, reports: Report[]): boolean => {
    const path = join(folder, source === 'stdout' ? 'stdout.log' : 'metrics.jsonl')
    const { lines, position, more } = readLines(path, cursor[source], final)
    if (position === cursor[source]) return false
    let { count, last } = cursor
    for (const line of lines) {
      const parsed = parse(line)
      if (!parsed) continue
      const metrics = encodeMetrics(parsed.metrics)
      reports.push({ at: now(), step: parsed.step ?? count, metrics })
      count++
      for (const name of Object.keys(metrics)) if (seen.size < 50) seen.add(name)
      const decisive = Object.entries(metrics).filter(([name]) => objectives.includes(name))
      if (decisive.length > 0) last = { ...last, ...Object.fromEntries(decisive) }
    }
    cursor = { ...cursor, [source]: position, count, last }
    return more
  }

  return {
    read(final) {
      const reports: Report[] = []
      const moreText = readSource('stdout', parseStdout, final, reports)
      const moreFile = readSource('file', parseJsonLine, final, reports)
      return { reports, cursor: cursor as unknown as Json, more: moreText || moreFile }
    },
    last: () => decodeMetrics(cursor.last),
    seen: () => [...seen],
  }
}
