import { existsSync, readdirSync, renameSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { decodeMetrics, type Json, type Outcome, ParzenError, type StudySpec, wantedMetrics } from '@parzen/core'
import { claimPath } from '../executors/attempt-folder.js'
import type { Executor, Exit } from '../executors/executor.js'
import { jobOf } from '../spec/spec.js'
import { attemptFolder } from '../stores/folders.js'
import { type Api, UNREACHABLE } from '../trial/api.js'
import { checkpointsIn } from '../trial/checkpoint-folder.js'
import { type CheckpointSender, checkpointSender } from '../trial/checkpoint-sender.js'
import { fetchCheckpoints, type RemoteCheckpoints } from '../trial/remote-checkpoints.js'
import { type Assignment, preparedOf, removeAssignment, saveAssignment } from './assignment.js'
import { lastWords } from './logs.js'
import type { LineParser } from './metrics.js'
import { outcomeOf } from './outcome.js'
import { prepareJob } from './prepare.js'
import { type RemoteReports, remoteReports } from './remote-reports.js'
import { openTail, type Tail } from './tail.js'
import { graceAfterVerdict, readVerdict, usesSdk, writeVerdict } from './verdict.js'

export interface RemoteOptions {
  readonly api: Api
  readonly spec: StudySpec
  readonly root: string
  readonly executor: Executor
  readonly parseStdout: LineParser
  /** How often checkpoints are sent while the command runs, at most. */
  readonly checkpointSeconds: number
  readonly warn: (message: string) => void
}

/** Undefined: that is the server's to find out. */
export type RemoteEnd = Outcome | 'paused' | undefined

export interface RemoteAttempt {
  /** Resolves when the server knows how it ended, or will give it to somebody else. */
  readonly done: Promise<RemoteEnd>
  /** Ends it here; the server hands it out again when nothing has been heard of it for its lease. */
  giveBack(): void
}

const READ_MILLISECONDS = 200
/** A result is worth waiting for; after that it is kept, and told by the next worker in this folder. */
const LONG_MILLISECONDS = 600_000
/** Somebody wants this to end. */
const SHORT_MILLISECONDS = 10_000

/** Runs an attempt of a server's trial on this machine, or takes it up again: its command is started once, each report sent once. */
export function remoteAttempt(assigned: Assignment, devices: readonly string[], options: RemoteOptions): RemoteAttempt {
  const { api, spec, root, executor, parseStdout, warn } = options
  const folder = attemptFolder(root, spec.name, assigned)
  const path = `/studies/${encodeURIComponent(spec.name)}/trials/${assigned.trial}`
  const wanted = wantedMetrics(spec)
  const sender = checkpointSender({
    at: { api, path, folder },
    everyMilliseconds: options.checkpointSeconds * 1000,
    warn: (message) => warn(`trial ${assigned.trial}: ${message}`),
  })
  const running: Running = { handle: undefined, isGivenBack: false }
  const end = () => {
    running.isGivenBack = true
    if (running.handle === undefined) return
    executor.kill(running.handle, jobOf(spec).graceSeconds).catch((error: Error) => warn(error.message))
  }
  const tail = openTail({ folder, parseStdout, wanted, cursor: assigned.cursor, now: Date.now })
  const reports: RemoteReports = remoteReports(assigned, {
    api,
    path,
    tail,
    // told to a worker before this one
    said: readVerdict(folder),
    save: (one) => saveAssignment(root, spec.name, one),
    beforeSending: async (before, last, patience) => {
      if (!isCompared(spec, before, last)) return
      // by the time the server compares trainings, it has what a fork of this one would begin with
      await sender.present(patience).catch((error: Error) => {
        if (isAway(error)) throw error
        warn(`trial ${assigned.trial}: ${error.message}`)
      })
    },
    onVerdict({ verdict, reason }) {
      if (verdict === 'stop') return end()
      const step = reports.lastStep
      writeVerdict(folder, { verdict: verdict as 'prune' | 'pause', step, reason: reason ?? `step ${step}` })
      running.afterVerdict = setTimeout(end, graceAfterVerdict(folder))
    },
  })
  const tell = async (outcome: Outcome): Promise<Outcome> => {
    if (spec.sampler.name === 'pbt') await sender.last(LONG_MILLISECONDS)
    await sendFiles(join(folder, 'artifacts'), path, options)
    await api.call('POST', `${path}/tell`, { attempt: assigned.attempt, outcome }, LONG_MILLISECONDS)
    return outcome
  }
  const pause = async (): Promise<RemoteEnd> => {
    const failure = await sender.last(LONG_MILLISECONDS)
    const step = `step ${reports.lastStep}`
    if (failure) return tell({ state: 'pruned', reason: `${step}: paused, but nobody could go on with it: ${failure}` })
    const body = { attempt: assigned.attempt }
    const { done } = await api.call<{ done: boolean }>('POST', `${path}/pause`, body, LONG_MILLISECONDS)
    return done ? 'paused' : undefined
  }
  const see = async (): Promise<RemoteEnd> => {
    const from = { api, path, folder, patienceMilliseconds: LONG_MILLISECONDS }
    if (!(await mayBegin(assigned, from, options))) return undefined
    if (reports.said.verdict !== 'continue') running.afterVerdict = setTimeout(end, graceAfterVerdict(folder))
    const exit = await runCommand({ assigned, devices, running, reports, sender, options, end })
    while (await reports.send(true, LONG_MILLISECONDS)) {}
    const ended = concluded(exit, { assigned, folder, spec, tail, reports })
    if (ended === 'paused') return pause()
    if (ended) return tell(ended)
    // whoever is given it next goes on from there
    if (reports.said.verdict !== 'stop') await sender.last(SHORT_MILLISECONDS)
    return undefined
  }
  const done = see().then((ended) => {
    removeAssignment(root, spec.name, assigned)
    return ended
  })
  return { done, giveBack: end }
}

/**
 * Sees to what an attempt goes on from, before its command is started.
 * @returns false if the attempt has been given to somebody else meanwhile.
 */
async function mayBegin(assigned: Assignment, at: RemoteCheckpoints, options: RemoteOptions): Promise<boolean> {
  const { attempt, parent } = assigned
  if ((attempt === 1 && parent === undefined) || existsSync(claimPath(at.folder))) return true
  const before = { ...assigned, attempt: attempt - 1 }
  // one that ran here has left it here
  const own = checkpointsIn(attemptFolder(options.root, options.spec.name, before))
  if (own && !checkpointsIn(at.folder)) renameSync(own, join(at.folder, 'checkpoints'))
  try {
    const note = await fetchCheckpoints(at)
    if (note) options.warn(note)
    return true
  } catch (error) {
    if (error instanceof ParzenError && error.code === 'http/attempt') return false
    throw error
  }
}

/** Whether a population is compared at a step above `before`, up to `last`. */
function isCompared({ sampler }: StudySpec, before: number, last: number): boolean {
  const interval = Number(sampler['interval'])
  return sampler.name === 'pbt' && Math.floor(last / interval) > Math.floor(before / interval)
}

interface Running {
  handle: Json | undefined
  /** It is to be ended; also before its handle is known. */
  isGivenBack: boolean
  afterVerdict?: NodeJS.Timeout
}

interface Run {
  readonly assigned: Assignment
  readonly devices: readonly string[]
  readonly running: Running
  readonly reports: RemoteReports
  readonly sender: CheckpointSender
  readonly options: RemoteOptions
  readonly end: () => void
}

async function runCommand({ assigned, devices, running, reports, sender, options, end }: Run): Promise<Exit> {
  const { root, spec, executor } = options
  const job = prepareJob(root, spec, preparedOf(assigned), devices)
  running.handle = await executor.start(job)
  if (running.isGivenBack) end()
  let isOver = false
  const exit = executor.wait(running.handle).finally(() => {
    isOver = true
  })
  while (!isOver) {
    await Promise.race([exit, new Promise((resolve) => setTimeout(resolve, READ_MILLISECONDS))])
    // a server that is away ends nothing: it is sent later
    if (!isOver) await reports.send(false, 0).catch(onlyAway)
    if (!isOver && reports.said.verdict === 'continue') void sender.inPassing()
  }
  clearTimeout(running.afterVerdict)
  return exit
}

interface Ended {
  readonly assigned: Assignment
  readonly folder: string
  readonly spec: StudySpec
  readonly tail: Tail
  readonly reports: RemoteReports
}

/** @returns undefined for what nobody is to count: it was stopped, given back, or its processes are gone without a word. */
function concluded(exit: Exit, { assigned, folder, spec, tail, reports }: Ended): RemoteEnd {
  const { said, lastStep } = reports
  const { verdict } = said
  const isGood = exit.kind === 'code' && exit.code === 0
  const isJudged = verdict === 'prune' || verdict === 'pause'
  // one that got to its end before it heard of it has a result
  if (isJudged && (!isGood || usesSdk(folder)))
    return verdict === 'pause' ? 'paused' : { state: 'pruned', reason: said.reason ?? `step ${lastStep}` }
  if (verdict === 'stop' || exit.kind === 'killed' || exit.kind === 'lost') return undefined
  return outcomeOf({
    exit,
    spec,
    last: { ...decodeMetrics(assigned.before ?? {}), ...tail.last() },
    seen: tail.seen(),
    errors: isGood ? '' : lastWords(join(folder, 'stderr.log')),
    timeoutSeconds: jobOf(spec).timeoutSeconds,
    stoppedBy: undefined,
  })
}

/** What the attempt has kept; one that the server does not take is no reason to lose its result. */
async function sendFiles(folder: string, path: string, { api, warn }: RemoteOptions): Promise<void> {
  if (!existsSync(folder)) return
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const file = join(entry.parentPath, entry.name)
    // names of servers have no folders
    const name = relative(folder, file).replaceAll(sep, '-')
    await api
      .put(`${path}/artifacts/${encodeURIComponent(name)}`, file, LONG_MILLISECONDS)
      .catch((error: Error) => warn(`${file}: ${error.message}`))
  }
}

function onlyAway(error: unknown): void {
  if (!isAway(error)) throw error
}

function isAway(error: unknown): boolean {
  return error instanceof ParzenError && error.code === UNREACHABLE
}
