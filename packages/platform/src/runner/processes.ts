import { execFile } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { readOptional } from '../executors/process-identity.js'

/** A process as the system counts it. */
export interface ProcessUse {
  readonly pid: number
  readonly parent: number
  readonly group: number
  /** CPU time of its own and of children it has waited for. */
  readonly cpuSeconds: number
  readonly childSeconds: number
  readonly memoryBytes: number
}

/** All processes of this machine: from /proc where there is one, otherwise from `ps`. */
export async function processes(): Promise<readonly ProcessUse[]> {
  const own = readOptional('/proc/self/stat')
  return own === undefined ? processesByPs() : processesByProc()
}

/** Linux gives times in units of USER_HZ, which is 100 on every architecture in use. */
const TICKS_A_SECOND = 100

function processesByProc(): ProcessUse[] {
  return readdirSync('/proc').flatMap((name) => {
    const stat = /^\d+$/.test(name) ? readOptional(`/proc/${name}/stat`) : undefined
    return stat === undefined ? [] : [parseProcStat(Number(name), stat)]
  })
}

/** `man proc_pid_stat`: fields are counted behind the name, which may hold anything. */
export function parseProcStat(pid: number, stat: string): ProcessUse {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const field = (number: number) => Number(fields[number - 3] ?? 0)
  return {
    pid,
    parent: field(4),
    group: field(5),
    cpuSeconds: (field(14) + field(15)) / TICKS_A_SECOND,
    childSeconds: (field(16) + field(17)) / TICKS_A_SECOND,
    memoryBytes: field(24) * pageBytes(),
  }
}

let page: number | undefined

/** Node does not tell; its own memory in bytes and in pages does, and a page is a power of two. */
function pageBytes(): number {
  page ??=
    2 **
    Math.round(Math.log2(process.memoryUsage.rss() / Number(readFileSync('/proc/self/statm', 'utf8').split(' ')[1])))
  return page
}

async function processesByPs(): Promise<ProcessUse[]> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid=,pgid=,rss=,time='])
  return stdout.trim().split('\n').map(parsePsLine)
}

/** CPU time as `[[days-]hours:]minutes:seconds`; that of children is not told. */
export function parsePsLine(line: string): ProcessUse {
  const [pid, parent, group, kilobytes, time = '0:0'] = line.trim().split(/\s+/)
  const [days, clock] = time.includes('-') ? time.split('-') : ['0', time]
  const seconds = String(clock)
    .split(':')
    .reduce((sum, part) => sum * 60 + Number(part), 0)
  return {
    pid: Number(pid),
    parent: Number(parent),
    group: Number(group),
    cpuSeconds: Number(days) * 86_400 + seconds,
    childSeconds: 0,
    memoryBytes: Number(kilobytes) * 1024,
  }
}

/**
 * What the tree below a shell uses: its descendants, and whoever is in its group. The shell itself is left out, also what
 * it has waited for, which are earlier attempts.
 */
export function treeUse(all: readonly ProcessUse[], shell: number) {
  const inTree = new Set([shell])
  for (let size = 0; size < inTree.size; ) {
    size = inTree.size
    for (const { pid, parent, group } of all) if (inTree.has(parent) || group === shell) inTree.add(pid)
  }
  let memoryBytes = 0
  let cpuSeconds = 0
  for (const { pid, ...one } of all) {
    if (pid === shell || !inTree.has(pid)) continue
    // what ended below it is in the time of whoever waited for it
    cpuSeconds += one.cpuSeconds + one.childSeconds
    memoryBytes += one.memoryBytes
  }
  return { count: inTree.size - 1, memoryBytes, cpuSeconds }
}
