import { execFileSync } from 'node:child_process'
import { closeSync, openSync, readdirSync, readSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { bootId, parseStat, readOptional } from './process-identity.js'

/** The environment variable by which an attempt's processes are known, also those that left its process group. */
export const MARKER = 'PARZEN_DIR'

/** An attempt's processes. */
export interface ProcessTree {
  /** What the marker says. */
  readonly folder: string
  /**
   * The process group its shim leads or has just led. Undefined once that is not certain: the number of a group that
   * has long ended may be somebody else's now.
   */
  readonly group: number | undefined
}

/**
 * Ends a tree: TERM to all, KILL after the grace to what is left, again until nothing is.
 *
 * A process whose environment does not show the marker (it was started with an empty one, or is another user's) is
 * found by its group only.
 */
export async function endTree(tree: ProcessTree, graceSeconds: number): Promise<void> {
  signalTree(tree, 'SIGTERM')
  const deadline = performance.now() + graceSeconds * 1000
  for (let pause = 5; treeRuns(tree); pause = Math.min(100, pause * 1.5)) {
    if (performance.now() >= deadline) signalTree(tree, 'SIGKILL')
    await sleep(Math.max(1, Math.min(pause, deadline - performance.now() || pause)))
  }
}

export function treeRuns(tree: ProcessTree): boolean {
  return find(tree).length > 0
}

/**
 * Whether something was left behind by a leader that has just ended by itself.
 *
 * Looks only at processes younger than the leader, which keeps it cheap enough for every attempt: pids grow until they
 * wrap around, so that a straggler from after a wrap is missed here. Ending a tree looks at all.
 */
export function hasStragglers(folder: string, leader: number): boolean {
  return groupExists(leader)
    ? treeRuns({ folder, group: leader })
    : find({ folder, group: undefined }, leader).length > 0
}

function signalTree(tree: ProcessTree, signal: NodeJS.Signals): void {
  // the group at once, so that no member can fork away from between two signals
  if (tree.group !== undefined) send(-tree.group, signal)
  for (const found of find(tree)) if (found.group !== tree.group) send(found.pid, signal)
}

interface Found {
  readonly pid: number
  readonly group: number
}

function find(tree: ProcessTree, above = 0): Found[] {
  if (bootId() === '-') return findByPs(tree)
  const wanted = Buffer.from(`\0${MARKER}=${tree.folder}\0`)
  const found: Found[] = []
  for (const name of readdirSync('/proc')) {
    const pid = Number(name)
    if (!(pid > above)) continue
    const isMarked = readEnvironment(pid).includes(wanted)
    if (!isMarked && tree.group === undefined) continue
    const stat = readOptional(`/proc/${pid}/stat`)
    if (stat === undefined) continue
    const { state, group } = parseStat(stat)
    if (state !== 'Z' && state !== 'X' && (isMarked || group === tree.group)) found.push({ pid, group })
  }
  return found
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
function findByPs(tree: ProcessTree): Found[] {
  const options = { encoding: 'utf8', maxBuffer: 1 << 28 } as const
  const lines = execFileSync('ps', ['-A', '-E', '-ww', '-o', 'pid=,pgid=,stat=,command='], options).split('\n')
  return lines.flatMap((line) => {
    const [pid, group, state] = line.trim().split(/\s+/)
    const belongs = Number(group) === tree.group || `${line} `.includes(` ${MARKER}=${tree.folder} `)
    return belongs && !state?.startsWith('Z') ? [{ pid: Number(pid), group: Number(group) }] : []
  })
}

function groupExists(group: number): boolean {
  return send(-group, 0)
}

function send(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(pid, signal)
    return true
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    // gone meanwhile; or another user's, such as a program with the set-user-id bit
    if (code === 'ESRCH' || code === 'EPERM') return false
    throw error
  }
}
