import type { Choice } from '@parzen/core'
import { type Curve, curve } from './curve.js'
import { type Event, type HparamInfo, type HparamValue, hparamsMessage, sessionStatus } from './event.js'
import { eventFiles, isOfHparams } from './event-folder.js'
import { decode } from './protobuf.js'
import { readRecords } from './record.js'
import { decodeEvent, scalarsOf } from './scalar.js'

/** What the event files of one training run tell. */
export interface Run {
  /** Its folder, relative to the log folder; `.` for that itself. */
  readonly name: string
  /** Undefined if it has not said any. */
  hparams: { readonly [name: string]: Choice } | undefined
  status: 'success' | 'failure' | undefined
  /** Epoch milliseconds of its first and last event. */
  startedAt: number
  endedAt: number
  /** By tag; of a folder below it, with that in front. */
  readonly curves: Map<string, Curve>
}

export interface Runs {
  /** By when they started. */
  readonly runs: readonly Run[]
  /** What experiment records say of each parameter: the first that names it counts. */
  readonly infos: ReadonlyMap<string, HparamInfo>
}

const MOST_ENTRIES = 1_000_000

/**
 * The runs below a log folder, also of writers that make an experiment record a run (torch, tensorboardX).
 *
 * A folder with parameters is a run, and so is each folder of event files that is in none. A damaged record is passed over.
 *
 * @param most points kept of a curve: memory grows with runs and tags, not with the length of the files.
 */
export function readRuns(logdir: string, most: number): Runs {
  const found = new Map<string, Run>()
  const infos = new Map<string, HparamInfo>()
  for (const { path, run: folder } of eventFiles({ base: logdir, below: [] }, { hparams: true, most: MOST_ENTRIES })) {
    const name = folder === '' ? '.' : folder
    const run = found.get(name) ?? emptyRun(name)
    found.set(name, run)
    let from = 0
    for (let more = true; more; ) {
      const read = readRecords(path, from, true, (bytes, start, end) => {
        const event = decodeEvent(bytes, start, end)
        if (event) take(run, infos, { event, most })
        return true
      })
      more = read.more
      from = read.at
    }
  }
  const runs = joined([...found.values()]).filter(({ hparams, curves }) => hparams !== undefined || curves.size > 0)
  return { runs: runs.sort((a, b) => a.startedAt - b.startedAt || (a.name < b.name ? -1 : 1)), infos }
}

function emptyRun(name: string): Run {
  return { name, hparams: undefined, status: undefined, startedAt: Infinity, endedAt: 0, curves: new Map() }
}

function take(run: Run, infos: Map<string, HparamInfo>, { event, most }: { event: Event; most: number }): void {
  const at = Math.round((event.wallTime ?? 0) * 1000)
  run.startedAt = Math.min(run.startedAt, at)
  run.endedAt = Math.max(run.endedAt, at)
  for (const { tag, step, value, at: written } of scalarsOf(event)) {
    const points = run.curves.get(tag) ?? curve(most)
    run.curves.set(tag, points)
    if (step >= 0) points.add({ step, value, at: written })
  }
  for (const { metadata } of event.summary?.values ?? []) {
    const { name, content } = metadata?.plugin ?? {}
    if (name === 'hparams' && content) takeHparams(run, infos, content)
  }
}

function takeHparams(run: Run, infos: Map<string, HparamInfo>, content: Uint8Array): void {
  const { experiment, sessionStart, sessionEnd } = decode(hparamsMessage, content) ?? {}
  for (const info of experiment?.hparams ?? []) {
    if (info.name !== undefined && info.name !== '__proto__' && !infos.has(info.name)) infos.set(info.name, info)
  }
  if (sessionStart) {
    const entries = (sessionStart.hparams ?? []).flatMap(({ key, value }) => {
      const choice = value && choiceOf(value)
      return key === undefined || key === '__proto__' || choice === undefined ? [] : [[key, choice] as const]
    })
    run.hparams ??= Object.fromEntries(entries)
    if (sessionStart.startTime) run.startedAt = Math.min(run.startedAt, Math.round(sessionStart.startTime * 1000))
  }
  if (sessionEnd) {
    run.status = sessionEnd.status === sessionStatus.failure ? 'failure' : 'success'
    if (sessionEnd.endTime) run.endedAt = Math.max(run.endedAt, Math.round(sessionEnd.endTime * 1000))
  }
}

function choiceOf({ number, string, bool }: HparamValue): Choice | undefined {
  if (number !== undefined) return Number.isFinite(number) ? number : undefined
  return string ?? bool
}

/** Folders that belong to one run as one. */
function joined(runs: readonly Run[]): Run[] {
  const byName = new Map(runs.map((run) => [run.name, run]))
  const gone = new Set<Run>()
  for (const run of runs) {
    const parent = byName.get(parentOf(run.name))
    // the curves are in the parent, the parameters in a folder named by the time
    if (!parent || parent.hparams || !isOfHparams(run.name.split('/').at(-1) ?? '')) continue
    parent.hparams = run.hparams
    parent.status = run.status
    merge(parent, run, '')
    gone.add(run)
  }
  for (const run of runs) {
    if (run.hparams || gone.has(run)) continue
    for (let name = parentOf(run.name); name !== ''; name = parentOf(name)) {
      const owner = byName.get(name)
      if (!owner?.hparams || gone.has(owner)) continue
      merge(owner, run, `${name === '.' ? run.name : run.name.slice(name.length + 1)}/`)
      gone.add(run)
      break
    }
  }
  return runs.filter((run) => !gone.has(run))
}

function parentOf(name: string): string {
  if (name === '.') return ''
  return name.includes('/') ? name.slice(0, name.lastIndexOf('/')) : '.'
}

function merge(into: Run, { curves, startedAt, endedAt }: Run, prefix: string): void {
  into.startedAt = Math.min(into.startedAt, startedAt)
  into.endedAt = Math.max(into.endedAt, endedAt)
  for (const [tag, points] of curves) if (!into.curves.has(prefix + tag)) into.curves.set(prefix + tag, points)
}
