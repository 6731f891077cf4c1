import { join, resolve } from 'node:path'
import { isShared } from '../spec/event-files.js'
import type { EventFiles } from '../spec/spec.js'
import type { EventFolder } from '../tensorboard/event-folder.js'
import { type EventPosition, readScalars, shortest } from '../tensorboard/read-scalars.js'
import { type CommandValues, fillCommand } from './command.js'
import type { ParsedLine } from './metrics.js'

/** The event files of one attempt as a source of metrics. */
export interface EventSource {
  read(from: EventPosition, isFinal: boolean): EventReports
}

export interface EventReports {
  readonly lines: readonly ParsedLine[]
  readonly position: EventPosition
  readonly more: boolean
}

export interface EventSourceOptions {
  /** Where the command runs. */
  readonly workingFolder: string
  /** Epoch milliseconds; what was written before, in a folder that attempts share, is another attempt's. */
  readonly since: number
}

export function eventSource(files: EventFiles, values: CommandValues, options: EventSourceOptions): EventSource {
  const folder = folderOf(files.folder, values, options.workingFolder)
  const since = isShared(files.folder) && !files.folder.includes('{dir}') ? options.since : Number.NEGATIVE_INFINITY
  const metricOf = new Map(Object.entries(files.tags).map(([metric, tag]) => [tag, metric]))
  return {
    read(from, isFinal) {
      const { scalars, position, more } = readScalars(folder, from, isFinal)
      const lines: { step: number; metrics: { [name: string]: number } }[] = []
      for (const { tag, step, value, at } of scalars) {
        if (at < since || step < 0) continue
        const name = metricOf.get(tag) ?? tag
        const last = lines.at(-1)
        if (last?.step === step && !Object.hasOwn(last.metrics, name)) last.metrics[name] = shortest(value)
        else lines.push({ step, metrics: { [name]: shortest(value) } })
      }
      return { lines, position, more }
    },
  }
}

/** Split before it is filled in: a star in the path of the store is no pattern. */
function folderOf(pattern: string, values: CommandValues, workingFolder: string): EventFolder {
  const segments = pattern.split('/')
  const wild = segments.findIndex((segment) => segment.includes('*'))
  const fill = (words: readonly string[]) => words.map((word) => fillCommand([word], values)[0] ?? '')
  const base = fill(wild < 0 ? segments : segments.slice(0, wild)).join('/')
  const below = wild < 0 ? [] : fill(segments.slice(wild)).filter((name) => name !== '')
  const isAbsolute = base.startsWith('/') || (wild === 1 && pattern.startsWith('/'))
  if (isAbsolute) return { base: resolve('/', base), below }
  return { base: isShared(pattern) ? resolve(workingFolder, base) : join(values.dir, base), below }
}
