import { existsSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { appendEnding, claimedAt, claimPath, fence, readAttempt } from './attempt-folder.js'
import type { Executor, Job } from './executor.js'
import { exitOf } from './exit.js'
import { type Lane, openLane } from './lane.js'
import { countMemoryKills } from './memory-evidence.js'
import { isAlive } from './process-identity.js'
import { endTree, hasStragglers, lastPid, type ProcessTree, treeRuns } from './process-tree.js'

/** All that a successor needs; the rest stands in the folder. */
export interface LocalHandle {
  readonly folder: string
  /** Of the shell it was given to, for people; what counts is the claim. */
  readonly pid: number | null
  readonly timeoutSeconds: number | null
  readonly graceSeconds: number
  /** `countMemoryKills` before the start. */
  readonly memoryKills: number
}

/** An attempt this process has given to a lane. */
interface Own {
  readonly lane: Lane
  readonly startedAt: number
  /** `lastPid` before the start. */
  readonly since: number
  readonly ended: Promise<void>
  /** Nothing of it runs any more, and the lane is free: whoever waits first sees to that. */
  settled?: Promise<void>
}

/** How long a claim may take to appear after its attempt was sent off, on a machine under heavy load. */
const CLAIM_SECONDS = 10
const LONGEST_TIMER = 2 ** 31 - 1

/** Runs attempts as processes of this machine, each under a shell that outlives this process. */
export function local(): Executor {
  const own = new Map<string, Own>()
  const idle: Lane[] = []
  const memoryKillsLately = remembered(countMemoryKills, 500)

  const launch = async (job: Job): Promise<Own> => {
    const lane = idle.pop() ?? (await openLane())
    if (lane.isRetired) return launch(job)
    return { lane, startedAt: Date.now(), since: lastPid(), ended: lane.run(job) }
  }
  const settle = async (job: LocalHandle, mine: Own) => {
    const { lane } = mine
    const isOver = await ownEnds(job, mine)
    // at the end of its attempt a lane that is to be used again is alive and its group holds nothing else
    const tree =
      isOver && !lane.isRetired
        ? { folder: job.folder, group: () => lane.pid, isBusy: () => false }
        : treeOf(job.folder, lane)
    if (hasStragglers(tree, mine.since)) await endTree(tree, job.graceSeconds)
    own.delete(job.folder)
    if (!lane.isRetired) idle.push(lane)
  }

  return {
    async start(job) {
      const { folder, graceSeconds, timeoutSeconds = null } = job
      const memoryKills = memoryKillsLately()
      if (!own.has(folder) && !existsSync(claimPath(folder))) own.set(folder, await launch(job))
      const pid = own.get(folder)?.lane.pid ?? null
      return { folder, pid, timeoutSeconds, graceSeconds, memoryKills } satisfies LocalHandle
    },
    async wait(handle) {
      const job = handle as unknown as LocalHandle
      const mine = own.get(job.folder)
      if (mine) {
        mine.settled ??= settle(job, mine)
        await mine.settled
      } else {
        await adoptedEnds(job, CLAIM_SECONDS)
        const tree = treeOf(job.folder)
        if (treeRuns(tree)) await endTree(tree, job.graceSeconds)
      }
      return exitOf(job)
    },
    kill(handle, graceSeconds) {
      const { folder } = handle as unknown as LocalHandle
      return end(folder, { why: 'killed', graceSeconds, lane: own.get(folder)?.lane })
    },
    async close() {
      for (const lane of [...idle.splice(0), ...[...own.values()].map((each) => each.lane)]) lane.retire()
    },
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

/** Resolves when the command has ended. @returns whether it was this process's lane that has run it. */
async function ownEnds(job: LocalHandle, { lane, startedAt, ended }: Own): Promise<boolean> {
  if (!(await endsBefore(ended, deadline(job, startedAt)))) {
    await end(job.folder, { why: 'timeout', graceSeconds: job.graceSeconds, lane })
    await ended
  }
  const { claim } = readAttempt(job.folder)
  if (claim.kind === 'claimed' && claim.by.pid === lane.pid) return true
  await adoptedEnds(job, 0)
  return false
}

/** The same for a command that another process has started. */
async function adoptedEnds(job: LocalHandle, claimSeconds: number): Promise<void> {
  const started = performance.now()
  const waited = () => (performance.now() - started) / 1000
  for (let pause = 5; ; pause = Math.min(100, pause * 1.3)) {
    const { claim, ending, isOver } = readAttempt(job.folder)
    if (claim.kind === 'claimed') {
      if (isOver || !isAlive(claim.by)) return
      // somebody wanted to end it and did not live to do so
      const isLate = Date.now() >= deadline(job, claimedAt(job.folder))
      const why = ending?.kind === 'kill' ? ending.why : isLate ? 'timeout' : undefined
      if (why) await end(job.folder, { why, graceSeconds: job.graceSeconds })
    } else if (claim.kind === 'fenced') return
    else if (claim.kind === 'none' && waited() >= claimSeconds && fence(job.folder)) return
    else if (claim.kind === 'empty' && waited() >= CLAIM_SECONDS) return
    await sleep(pause)
  }
}

interface End {
  readonly why: 'timeout' | 'killed'
  readonly graceSeconds: number
  /** If this process has started it. */
  readonly lane?: Lane | undefined
}

async function end(folder: string, { why, graceSeconds, lane }: End): Promise<void> {
  // signals to its group must not reach a later attempt
  lane?.retire()
  const patience = performance.now() + CLAIM_SECONDS * 1000
  let { claim, ending } = readAttempt(folder)
  // a lane that comes later finds the attempt taken
  if (claim.kind === 'none') fence(folder)
  // its owner is about to write it, from the file's start
  while (claim.kind === 'none' || (claim.kind === 'empty' && performance.now() < patience)) {
    await sleep(5)
    ;({ claim, ending } = readAttempt(folder))
  }
  // left so by an owner that died
  if (claim.kind === 'empty') appendEnding(folder, 'fenced')
  if (!ending) appendEnding(folder, `kill ${why}`)
  await endTree(treeOf(folder, lane), graceSeconds)
}

/** @param lane if it is this process's: then it is at no later attempt. */
function treeOf(folder: string, lane?: Lane): ProcessTree {
  const { claim } = readAttempt(folder)
  const leader = claim.kind === 'claimed' ? claim.by : undefined
  const isBusy = () => leader !== undefined && isAlive(leader) && !readAttempt(folder).isOver
  const isOurs = lane !== undefined && leader?.pid === lane.pid
  const group = () => (leader && (isOurs ? isAlive(leader) : isBusy()) ? leader.pid : undefined)
  return { folder, group, isBusy }
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
