import type { Report } from '@parzen/core'
import type { SeriesStore } from '../stores/series.js'
import { type GpuWatch, watchGpus } from './gpu-watch.js'
import { processes, treeUse } from './processes.js'

/** An attempt whose processes run. */
export interface Sampled {
  readonly trial: number
  readonly attempt: number
  /** The shell its processes are below. */
  readonly pid: number
  /** Epoch milliseconds. */
  readonly launchedAt: number
  /** GPU ids it was given; none: all of the machine's are counted. */
  readonly devices: readonly string[]
}

export interface SystemMetrics {
  /** An attempt has just begun: a look soon, so that a short one has a point. */
  begun(): void
  close(): void
}

export interface SystemMetricsOptions {
  readonly study: string
  readonly series: SeriesStore
  /** What runs just now. */
  readonly running: () => readonly Sampled[]
  /** Hears once of what keeps it from working; it must not stop the sweep. */
  readonly onFailure: (error: Error) => void
}

interface Before {
  readonly at: number
  readonly cpuSeconds: number
  /** Samples kept so far. */
  count: number
}

const LOOK_MILLISECONDS = 5000
const SOON_MILLISECONDS = 50
/** Between two looks: launches by the hundred are looked at together. */
const APART_MILLISECONDS = 500

/**
 * Samples what each attempt's process tree uses: `system/cpu` (cores in use), `system/memory_mb`, and with NVIDIA GPUs
 * `system/gpu` (percent) and `system/gpu_memory_mb`; the step is seconds since launch. Written as series only.
 */
export function systemMetrics({ study, series, running, onFailure }: SystemMetricsOptions): SystemMetrics {
  const before = new Map<string, Before>()
  let gpus: GpuWatch | undefined
  let timer: NodeJS.Timeout | undefined
  let nextAt = Number.POSITIVE_INFINITY
  let lastAt = Number.NEGATIVE_INFINITY
  let isClosed = false

  const plan = (milliseconds: number) => {
    const at = Math.max(performance.now() + milliseconds, lastAt + APART_MILLISECONDS)
    if (isClosed || at >= nextAt) return
    clearTimeout(timer)
    nextAt = at
    timer = setTimeout(() => void look(), at - performance.now()).unref()
  }
  const look = async () => {
    nextAt = Number.POSITIVE_INFINITY
    lastAt = performance.now()
    try {
      await sample()
      if (running().length > 0) plan(LOOK_MILLISECONDS)
    } catch (error) {
      isClosed = true
      onFailure(error as Error)
    }
  }
  const sample = async () => {
    gpus ??= watchGpus()
    const all = await processes()
    const appends = []
    for (const one of running()) {
      const key = { study, trial: one.trial, attempt: one.attempt, kind: 'system' as const }
      const name = `${one.trial}/${one.attempt}`
      const use = treeUse(all, one.pid)
      if (use.count === 0) continue
      const last = before.get(name) ?? { ...(await firstOf(one)), count: await lengthOf(key) }
      const at = Date.now()
      const cpu = Math.max(0, (use.cpuSeconds - last.cpuSeconds) / Math.max(0.001, (at - last.at) / 1000))
      const metrics: Record<string, number> = {
        ...(Number.isFinite(cpu) ? { 'system/cpu': round(cpu, 3) } : {}),
        'system/memory_mb': round(use.memoryBytes / 1e6, 1),
        ...gpus.use(one.devices),
      }
      const record: Report = { at, step: round(Math.max(0, at - one.launchedAt) / 1000, 2), metrics }
      before.set(name, { at, cpuSeconds: use.cpuSeconds, count: last.count + 1 })
      appends.push({ ...key, from: last.count, records: [record] })
    }
    if (!isClosed) await series.append(appends)
  }
  const firstOf = async ({ launchedAt }: Sampled) => {
    const isFresh = Date.now() - launchedAt < 10 * SOON_MILLISECONDS
    // of one that was found running it is not known what it used before
    return { at: launchedAt, cpuSeconds: isFresh ? 0 : Number.NaN }
  }
  const lengthOf = async (key: { trial: number; attempt: number }) => {
    const heads = await series.heads(study, 'system', [key.trial])
    return heads.find(({ attempt }) => attempt === key.attempt)?.length ?? 0
  }

  return {
    begun: () => plan(SOON_MILLISECONDS),
    close() {
      isClosed = true
      clearTimeout(timer)
      gpus?.close()
    },
  }
}

function round(value: number, places: number): number {
  return Number(value.toFixed(places))
}
