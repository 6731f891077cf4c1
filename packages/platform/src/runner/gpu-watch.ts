import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

export interface GpuWatch {
  /** Of some GPUs by index or uuid, or of all; nothing while nothing is known. */
  use(devices: readonly string[]): { readonly [metric: string]: number }
  close(): void
}

interface Gpu {
  readonly percent: number
  readonly memoryMb: number
}

const QUERY = ['--query-gpu=index,uuid,utilization.gpu,memory.used', '--format=csv,noheader,nounits', '-lms', '2000']

/** One `nvidia-smi` for all, where there is one; otherwise nothing is ever known. */
export function watchGpus(): GpuWatch {
  const gpus = new Map<string, Gpu>()
  const uuids = new Map<string, string>()
  const child = spawn('nvidia-smi', QUERY, { stdio: ['ignore', 'pipe', 'ignore'] })
  // there is none, which is fine
  child.on('error', () => undefined)
  child.unref()
  if (child.stdout) {
    ;(child.stdout as unknown as { unref(): void }).unref()
    createInterface({ input: child.stdout }).on('line', (line) => {
      const [index = '', uuid = '', percent, memory] = line.split(',').map((field) => field.trim())
      if (!Number.isFinite(Number(percent)) || !Number.isFinite(Number(memory))) return
      uuids.set(uuid, index)
      // it counts in MiB
      gpus.set(index, { percent: Number(percent), memoryMb: Math.round(Number(memory) * 1.048576) })
    })
  }
  return {
    use(devices) {
      const wanted = devices.length > 0 ? devices.map((id) => gpus.get(uuids.get(id) ?? id)) : [...gpus.values()]
      const known = wanted.filter((gpu): gpu is Gpu => gpu !== undefined)
      if (known.length === 0) return {}
      const sum = (of: (gpu: Gpu) => number) => known.reduce((total, gpu) => total + of(gpu), 0)
      return {
        'system/gpu': sum(({ percent }) => percent) / known.length,
        'system/gpu_memory_mb': sum(({ memoryMb }) => memoryMb),
      }
    },
    close() {
      child.kill()
    },
  }
}
