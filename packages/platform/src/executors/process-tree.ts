import { execFileSync } from 'node:child_process'
import { closeSync, existsSync, openSync, readdirSync, readSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { bootId, parseStat, readOptional } from './process-identity.js'

/** The environment variable by which an attempt's processes are known, also those that left its process group. */
export const MARKER = 'PARZEN_DIR'

/** An attempt's processes, besides the shell that runs it. */
export interface ProcessTree {
  /** What the marker says. */
  readonly folder: string
  /** The group its processes are in unless they left; undefined once its number may be of another attempt or stranger. */
  readonly group: () => number | undefined
  /** Whether the shell still is at it, so that there may be a process although none is to be seen just now. */
  readonly isBusy: () => boolean
}

/**
 * Ends a tree: TERM to all, KILL after the grace to what is left, again until nothing is.
 *
 * A process whose environment does not show the marker (it was started with an empty one, or is another user's) is
 * found by its group only.
 */
export async function endTree(tree: ProcessTree, graceSeconds: number): Promise<void> {
  const deadline = performance.now() + graceSeconds * 1000
  let isTold = signalTree(tree, 'SIGTERM')
  for (let pause = 5; treeRuns(tree); pause = Math.min(100, pause * 1.5)) {
    // only once, since a second one may cut short how it ends; but the command may not have been there yet
    if (!isTold) isTold = signalTree(tree, 'SIGTERM')
    if (performance.now() >= deadline) signalTree(tree, 'SIGKILL')
    await sleep(Math.max(1, Math.min(pause, deadline - performance.now() || pause)))
  }
}

export function treeRuns(tree: ProcessTree): boolean {
  return tree.isBusy() || find(tree).length > 0
}

/**
 * Whether something was left behind by a command that has just ended by itself.
 *
 * @param since the highest pid when it started: what came later is looked at, unless that is so much that it is all.
 */
export function hasStragglers(tree: ProcessTree, since: number): boolean {
  const last = lastPid()
  if (last < since || last - since > FEW || bootId() === '-') return find(tree).length > 0
  // looking one by one is several times cheaper than listing all processes
  for (let pid = since + 1; pid <= last; pid++) {
    if (existsSync(`/proc/${pid}`) && belongs(pid, tree.group(), markerOf(tree.folder))) return true
  }
  return false
}

const FEW = 200

/** The pid given last on this machine; they grow until they start again from the lowest. 0 if that is not to be known. */
export function lastPid(): number {
  return Number(readOptional('/proc/loadavg')?.trim().split(' ')[4] ?? 0)
}

/** @returns whether there was any process of the command. */
function signalTree(tree: ProcessTree, signal: NodeJS.Signals): boolean {
  const found = find(tree)
  // the group at once, so that no member can fork away from between two signals; its shell outlives TERM
  const group = tree.isBusy() ? tree.group() : undefined
  if (group !== undefined) send(-group, signal)
  for (const each of found) if (group === undefined || each.group !== group) send(each.pid, signal)
  return found.length > 0
}

interface Found {
  readonly pid: number
  readonly group: number
}

function find(tree: ProcessTree): Found[] {
  const wantedGroup = tree.group()
  if (bootId() === '-') return findByPs(tree.folder, wantedGroup)
  const marker = markerOf(tree.folder)
  return readdirSync('/proc').flatMap((name) => {
    const pid = Number(name)
    return pid > 0 ? (belongs(pid, wantedGroup, marker) ?? []) : []
  })
}

function markerOf(folder: string): Buffer {
  return Buffer.from(`\0${MARKER}=${folder}\0`)
}

/** @returns undefined unless it runs and has the marker, or is in the group without being its leader. */
function belongs(pid: number, wantedGroup: number | undefined, marker: Buffer): Found | undefined {
  if (pid === wantedGroup) return undefined
  const isMarked = readEnvironment(pid).includes(marker)
  if (!isMarked && wantedGroup === undefined) return undefined
  const stat = readOptional(`/proc/${pid}/stat`)
  if (stat === undefined) return undefined
  const { state, group } = parseStat(stat)
  const runs = state !== 'Z' && state !== 'X'
  return runs && (isMarked || group === wantedGroup) ? { pid, group } : undefined
}

/** More than any environment: Linux gives arguments and environment together a quarter of the stack. */
const environment = Buffer.alloc(1 << 22)

/** NUL before and behind each variable; empty if it may not be read. Valid until the next call. */
function readEnvironment(pid: number): Buffer {
  let file: number | undefined
  let length = 1
  try {
    file = openSync(`/proc/${pid}/environ`, 'r')
    for (let read = -1; read !== 0 && length < environment.length; length += read) {
      read = readSync(file, environment, length, environment.length - length, null)
    }
  } catch {
    // gone meanwhile, or another user's
  } finally {
    if (file !== undefined) closeSync(file)
  }
  return environment.subarray(0, length)
}

/** macOS shows the environment of one's own processes behind the command. */
function findByPs(folder: string, wantedGroup: number | undefined): Found[] {
  const options = { encoding: 'utf8', maxBuffer: 1 << 28 } as const
  const lines = execFileSync('ps', ['-A', '-E', '-ww', '-o', 'pid=,pgid=,stat=,command='], options).split('\n')
  return lines.flatMap((line) => {
    const [pid, group, state] = line.trim().split(/\s+/)
    const belongs = Number(group) === wantedGroup || `${line} `.includes(` ${MARKER}=${folder} `)
    return belongs && Number(pid) !== wantedGroup && !state?.startsWith('Z')
      ? [{ pid: Number(pid), group: Number(group) }]
      : []
  })
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    // gone meanwhile; or another user's, such as a program with the set-user-id bit
    if (code !== 'ESRCH' && code !== 'EPERM') throw error
  }
}
