import { readOptional } from './process-identity.js'

/** Where a cgroup counts its kills for want of memory, version 2 and 1. */
const counters = cgroupFiles()

/**
 * How many processes the kernel has killed for want of memory, in this process's cgroup and on the machine.
 *
 * A command ended by SIGKILL while this rose is taken to have run out of memory; the counter of the whole machine may
 * have risen for another one's sake. 0 where the system tells nothing.
 */
export function countMemoryKills(): number {
  let count = 0
  for (const file of ['/proc/vmstat', ...counters]) {
    count += Number(/^oom_kill (\d+)$/m.exec(readOptional(file) ?? '')?.[1] ?? 0)
  }
  return count
}

function cgroupFiles(): readonly string[] {
  const files: string[] = []
  for (const line of (readOptional('/proc/self/cgroup') ?? '').split('\n')) {
    const [, controllers, path] = line.split(':')
    if (path === undefined) continue
    if (controllers === '') files.push(`/sys/fs/cgroup${path}/memory.events`)
    else if (controllers?.split(',').includes('memory')) files.push(`/sys/fs/cgroup/memory${path}/memory.oom_control`)
  }
  return files
}
