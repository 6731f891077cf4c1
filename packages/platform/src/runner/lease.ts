import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { ParzenError } from '@parzen/core'
import { identityOf, isAlive, type ProcessIdentity } from '../executors/process-identity.js'

/** The right to run a study's trials: one process has it at a time. */
export interface Lease {
  /** When a holder before this one was last seen, in epoch milliseconds; 0 if there was none. */
  readonly touched: number
  release(): void
}

interface Holder extends ProcessIdentity {
  readonly host: string
  readonly released?: boolean
}

/** The holder touches its lease this often; on another machine that is all there is to see of it. */
const TOUCH_SECONDS = 5
const STALE_SECONDS = 30

/**
 * Takes the lease of a study, also over from a process that has died.
 *
 * Leases are files numbered upwards, each made whole by link(2), and the highest one counts: to take over is to make
 * the next. The highest is never removed, so of several that try exactly one succeeds.
 * @throws ParzenError `run/taken` if another process runs the study.
 */
export function takeLease(folder: string, study: string): Lease {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const identity = identityOf(process.pid) ?? { pid: process.pid, boot: '-', start: '' }
  const me: Holder = { ...identity, host: hostname() }
  const touched = lastTouch(folder)
  for (;;) {
    const highest = numbers(folder).at(-1) ?? 0
    const holder = highest === 0 ? undefined : readHolder(folder, highest)
    if (holder && holds(holder, join(folder, fileName(highest)))) throw taken(study, holder)
    if (!make(folder, highest + 1, me)) continue
    if (numbers(folder).at(-1) === highest + 1) return { touched, release: keep(folder, highest + 1, me) }
    // made below one that came and went meanwhile
    unlinkSync(join(folder, fileName(highest + 1)))
  }
}

/** Whether a process holds a study's lease. @param folder the study's. */
export function isRun(folder: string): boolean {
  const highest = existsSync(folder) ? numbers(folder).at(-1) : undefined
  const holder = highest === undefined ? undefined : readHolder(folder, highest)
  return holder !== undefined && holds(holder, join(folder, fileName(highest as number)))
}

/** When a holder of the study's lease was last seen, in epoch milliseconds; 0 if none ever was. */
function lastTouch(folder: string): number {
  if (!existsSync(folder)) return 0
  const touches = numbers(folder).map(
    (number) => statSync(join(folder, fileName(number)), { throwIfNoEntry: false })?.mtimeMs ?? 0,
  )
  return Math.max(0, ...touches)
}

/** @returns what releases it. */
function keep(folder: string, number: number, me: Holder): () => void {
  const path = join(folder, fileName(number))
  for (const older of numbers(folder)) if (older < number) removeIfThere(join(folder, fileName(older)))
  const touch = setInterval(() => {
    try {
      utimesSync(path, new Date(), new Date())
    } catch {
      // the folder has been removed while the study runs; the next write to it will say so
    }
  }, TOUCH_SECONDS * 1000)
  touch.unref()
  return () => {
    clearInterval(touch)
    writeFileSync(path, JSON.stringify({ ...me, released: true }))
  }
}

/** A lease that cannot be given back lapses by itself; the reason why the run ended must not be lost over it. */
export function releaseQuietly(lease: Lease, warn: (message: string) => void): void {
  try {
    lease.release()
  } catch (error) {
    warn(`the lease of the study could not be released: ${(error as Error).message}`)
  }
}

function holds(holder: Holder, path: string): boolean {
  if (holder.released) return false
  if (holder.host === hostname()) return isAlive(holder)
  const touched = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0
  return Date.now() - touched < STALE_SECONDS * 1000
}

function taken(study: string, holder: Holder): ParzenError {
  return new ParzenError(
    'run/taken',
    `study ${study}: expected nobody else to be running it, got process ${holder.pid} on ${holder.host}`,
    { hint: `\`parzen stop ${study}\` ends that run` },
  )
}

function fileName(number: number): string {
  return `runner-${number}.lease`
}

function numbers(folder: string): number[] {
  return readdirSync(folder)
    .flatMap((name) => /^runner-(\d+)\.lease$/.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b)
}

/** @returns undefined if it is gone: somebody holds a higher one. */
function readHolder(folder: string, number: number): Holder | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, fileName(number)), 'utf8')) as Holder
  } catch {
    // being released at this moment by a process that ends
    return undefined
  }
}

/** @returns false if somebody was first. */
function make(folder: string, number: number, me: Holder): boolean {
  const draft = join(folder, `.lease-${process.pid}-${number}`)
  writeFileSync(draft, JSON.stringify(me), { mode: 0o600 })
  try {
    linkSync(draft, join(folder, fileName(number)))
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  } finally {
    unlinkSync(draft)
  }
}

function removeIfThere(path: string): void {
  try {
    unlinkSync(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
}
