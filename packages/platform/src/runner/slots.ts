import { execFileSync } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { ParzenError } from '@parzen/core'

/** A place for one attempt to run. */
export interface Slot {
  /** GPU ids for it alone. */
  readonly devices: readonly string[]
}

export interface Slots {
  readonly size: number
  /** Room for another number from now on; what runs goes on. */
  resize(parallel: number | undefined): void
  /** @returns undefined if none is free. */
  take(): Slot | undefined
  /** For an attempt that already runs, on these devices, whether there is room or not. */
  adopt(devices: readonly string[]): Slot
  release(slot: Slot): void
}

export interface SlotOptions {
  /** Default: as many as the machine has cores for, at least 1. */
  readonly parallel?: number | undefined
  readonly cpus: number
  readonly gpus: number
  /** Default: what `nvidia-smi -L` lists. */
  readonly devices?: readonly string[] | undefined
}

/** @throws ParzenError `resources/gpus`, `resources/cpus` if a trial wants more than there is. */
export function slots({ parallel, cpus, gpus, devices: listed }: SlotOptions): Slots {
  const devices = gpus > 0 ? (listed ?? findDevices()) : []
  if (devices.length < gpus) {
    throw new ParzenError('resources/gpus', `resources: expected ${gpus} GPU(s) for a trial, got ${devices.length}`, {
      hint: listed ? 'list more under devices, or ask for fewer' : 'nvidia-smi lists no more; name them under devices',
      path: ['trial', 'resources', 'gpus'],
    })
  }
  const cores = availableParallelism()
  if (cpus > cores) {
    throw new ParzenError('resources/cpus', `resources: expected at most ${cores} cpus for a trial, got ${cpus}`, {
      hint: 'this machine has no more cores',
      path: ['trial', 'resources', 'cpus'],
    })
  }
  const fit = Math.max(1, Math.floor(cores / Math.max(cpus, 1e-9)))
  const sizeFor = (wanted: number | undefined) => {
    // a trial of one core is what nobody has asked for: then `parallel` decides alone
    const byCpus = cpus > 1 ? Math.min(wanted ?? fit, fit) : (wanted ?? fit)
    return gpus > 0 ? Math.min(byCpus, Math.floor(devices.length / gpus)) : byCpus
  }
  let size = sizeFor(parallel)
  const free = new Set(devices)
  let taken = 0
  return {
    get size() {
      return size
    },
    resize(wanted) {
      size = sizeFor(wanted)
    },
    take() {
      if (taken >= size || free.size < gpus) return undefined
      const mine = [...free].slice(0, gpus)
      for (const device of mine) free.delete(device)
      taken++
      return { devices: mine }
    },
    adopt(mine) {
      for (const device of mine) free.delete(device)
      taken++
      return { devices: mine }
    },
    release(slot) {
      for (const device of slot.devices) if (devices.includes(device)) free.add(device)
      taken--
    },
  }
}

/** By UUID: numbers change with the order of the devices. */
function findDevices(): string[] {
  try {
    const list = execFileSync('nvidia-smi', ['-L'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
    return parseDevices(list)
  } catch {
    // no such program, or no driver
    return []
  }
}

/** Lines of `nvidia-smi -L`: `GPU 0: NVIDIA A100 (UUID: GPU-5a…)`. */
export function parseDevices(list: string): string[] {
  return [...list.matchAll(/^GPU (\d+):.*?(?:\(UUID: (GPU-[\w-]+)\))?\s*$/gm)].map(
    (match) => match[2] ?? match[1] ?? '',
  )
}
