import { existsSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { appendEnding, claimedAt, claimPath, fence, readAttempt } from './attempt-folder.js'
import type { Executor } from './executor.js'
import { exitOf } from './exit.js'
import { type Child, launch } from './launch.js'
import { countMemoryKills } from './memory-evidence.js'
import { isAlive } from './process-identity.js'
import { endTree, hasStragglers, treeRuns } from './process-tree.js'

/** All that a successor needs; the rest stands in the folder. */
export interface LocalHandle {
  readonly folder: string
  /** The shim's, for people; what counts is the claim. */
  readonly pid: number | null
  readonly timeoutSeconds: number | null
  readonly graceSeconds: number
  /** `countMemoryKills` before the start. */
  readonly memoryKills: number
}

/** How long a claim may take to appear after its shim was spawned, on a machine under heavy load. */
const CLAIM_SECONDS = 10
const LONGEST_TIMER = 2 ** 31 - 1

/** Runs attempts as processes of this machine, each under a shim that outlives this process. */
export function local(): Executor {
  const children = new Map<string, Child>()
  const memoryKillsLately = remembered(countMemoryKills, 500)

  return {
    async start(job) {
      const { folder, graceSeconds, timeoutSeconds = null } = job
      const memoryKills = memoryKillsLately()
      const child = children.has(folder) || existsSync(claimPath(folder)) ? undefined : await launch(job)
      if (child) {
        children.set(folder, child)
        void child.ended.then(() => children.get(folder) === child && children.delete(folder))
      }
      return { folder, pid: child?.pid ?? null, timeoutSeconds, graceSeconds, memoryKills } satisfies LocalHandle
    },
    async wait(handle) {
      const job = handle as unknown as LocalHandle
      const leader = await leaderEnds(job, children.get(job.folder))
      const tree = { folder: job.folder, group: leader }
      if (leader === undefined ? treeRuns(tree) : hasStragglers(job.folder, leader)) {
        await endTree(tree, job.graceSeconds)
      }
      return exitOf(job)
    },
    kill(handle, graceSeconds) {
      return end((handle as unknown as LocalHandle).folder, 'killed', graceSeconds)
    },
    async close() {},
  }
}

/** A function whose value may be a little old. */
function remembered(read: () => number, milliseconds: number): () => number {
  let value = 0
  let readAt = Number.NEGATIVE_INFINITY
  return () => {
    if (performance.now() - readAt > milliseconds) {
      value = read()
      readAt = performance.now()
    }
    return value
  }
}

/** Resolves when the shim has ended. @returns its process group if that is certain to be still its own. */
async function leaderEnds(job: LocalHandle, child: Child | undefined): Promise<number | undefined> {
  if (!child) return adoptedEnds(job, CLAIM_SECONDS)
  if (!(await endsBefore(child.ended, deadline(job, child.startedAt)))) {
    await end(job.folder, 'timeout', job.graceSeconds)
    await child.ended
  }
  const { claim } = readAttempt(job.folder)
  if (claim.kind === 'claimed' && claim.by.pid === child.pid) return child.pid
  return adoptedEnds(job, 0)
}

/** The same for a shim that another process has spawned. */
async function adoptedEnds(job: LocalHandle, claimSeconds: number): Promise<undefined> {
  const started = performance.now()
  const waited = () => (performance.now() - started) / 1000
  for (let pause = 5; ; pause = Math.min(100, pause * 1.3)) {
    const { claim, ending } = readAttempt(job.folder)
    if (claim.kind === 'claimed') {
      if (!isAlive(claim.by)) return
      // somebody wanted to end it and did not live to do so
      if (ending?.kind === 'kill') await end(job.folder, ending.why, job.graceSeconds)
      else if (Date.now() >= deadline(job, claimedAt(job.folder))) await end(job.folder, 'timeout', job.graceSeconds)
    } else if (claim.kind === 'fenced') return
    else if (claim.kind === 'none' && waited() >= claimSeconds && fence(job.folder)) return
    else if (claim.kind === 'empty' && waited() >= CLAIM_SECONDS) return
    await sleep(pause)
  }
}

async function end(folder: string, why: 'timeout' | 'killed', graceSeconds: number): Promise<void> {
  const patience = performance.now() + CLAIM_SECONDS * 1000
  let { claim, ending } = readAttempt(folder)
  // a shim that comes later finds the attempt taken
  if (claim.kind === 'none') fence(folder)
  // its owner is about to write it, from the file's start
  while (claim.kind === 'none' || (claim.kind === 'empty' && performance.now() < patience)) {
    await sleep(5)
    ;({ claim, ending } = readAttempt(folder))
  }
  // left so by an owner that died
  if (claim.kind === 'empty') appendEnding(folder, 'fenced')
  if (!ending) appendEnding(folder, `kill ${why}`)
  const group = claim.kind === 'claimed' && isAlive(claim.by) ? claim.by.pid : undefined
  await endTree({ folder, group }, graceSeconds)
}

/** In epoch milliseconds. */
function deadline(job: LocalHandle, startedAt: number): number {
  return job.timeoutSeconds === null ? Number.POSITIVE_INFINITY : startedAt + job.timeoutSeconds * 1000
}

/** @returns false if the deadline comes first. */
async function endsBefore(ended: Promise<void>, deadlineAt: number): Promise<boolean> {
  if (deadlineAt === Number.POSITIVE_INFINITY) {
    await ended
    return true
  }
  for (;;) {
    const left = deadlineAt - Date.now()
    if (left <= 0) return false
    const timer = new AbortController()
    const timedOut = sleep(Math.min(left, LONGEST_TIMER), false, { signal: timer.signal }).catch(() => false)
    const inTime = await Promise.race([ended.then(() => true), timedOut])
    timer.abort()
    if (inTime) return true
  }
}
