import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** A process that no other is mistaken for: a pid alone is used again. */
export interface ProcessIdentity {
  readonly pid: number
  /** Of the machine; `-` where there is no /proc. */
  readonly boot: string
  /** Clock ticks since boot (Linux), or the start time as `ps` prints it. */
  readonly start: string
}

let boot: string | undefined

export function bootId(): string {
  boot ??= readOptional('/proc/sys/kernel/random/boot_id')?.trim() ?? '-'
  return boot
}

/** @returns undefined if no process of that pid runs (a zombie no longer does). */
export function identityOf(pid: number): ProcessIdentity | undefined {
  const stat = readOptional(`/proc/${pid}/stat`)
  if (stat !== undefined) {
    const { state, start } = parseStat(stat)
    return state === 'Z' || state === 'X' ? undefined : { pid, boot: bootId(), start }
  }
  if (bootId() !== '-') return undefined
  const start = startByPs(pid)
  return start === undefined ? undefined : { pid, boot: '-', start }
}

export function isAlive(identity: ProcessIdentity): boolean {
  if (identity.boot !== bootId()) return false
  return identityOf(identity.pid)?.start === identity.start
}

/** `/proc/PID/stat`: the name in brackets may hold anything, so fields are counted behind the last bracket. */
export function parseStat(stat: string): { readonly state: string; readonly group: number; readonly start: string } {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return { state: fields[0] ?? '', group: Number(fields[2]), start: fields[19] ?? '' }
}

function startByPs(pid: number): string | undefined {
  try {
    const options = { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' }, stdio: 'pipe' } as const
    const line = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], options).trim()
    const [state, ...start] = line.split(/\s+/)
    return line === '' || state?.startsWith('Z') ? undefined : start.join(' ')
  } catch {
    // ps ends with 1 if there is no such process
    return undefined
  }
}

/** @returns undefined if it cannot be read: the process is gone, or is another user's. */
export function readOptional(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
