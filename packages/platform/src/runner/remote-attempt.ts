import { existsSync, readdirSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { type Json, type Outcome, ParzenError, type StudySpec } from '@parzen/core'
import type { Executor, Exit } from '../executors/executor.js'
import { jobOf } from '../spec/spec.js'
import { attemptFolder } from '../stores/folders.js'
import { type Api, UNREACHABLE } from '../trial/api.js'
import { type Assignment, removeAssignment, saveAssignment } from './assignment.js'
import { lastWords } from './logs.js'
import type { LineParser } from './metrics.js'
import { outcomeOf } from './outcome.js'
import { prepareJob } from './prepare.js'
import { type RemoteReports, remoteReports } from './remote-reports.js'
import { openTail, type Tail } from './tail.js'
import { graceAfterVerdict, usesSdk, writeVerdict } from './verdict.js'

export interface RemoteOptions {
  readonly api: Api
  readonly spec: StudySpec
  readonly root: string
  readonly executor: Executor
  readonly parseStdout: LineParser
  readonly warn: (message: string) => void
}

export interface RemoteAttempt {
  /** Resolves when the server knows how it ended; undefined if that is the server's to find out: it will be tried again. */
  readonly done: Promise<Outcome | undefined>
  /** Ends it here; the server hands it out again when nothing has been heard of it for its lease. */
  giveBack(): void
}

const READ_MILLISECONDS = 200
/** A result is worth waiting for; after that it is kept, and told by the next worker in this folder. */
const TELL_MILLISECONDS = 600_000

/** Runs an attempt of a server's trial on this machine, or takes it up again: its command is started once, each report sent once. */
export function remoteAttempt(assigned: Assignment, devices: readonly string[], options: RemoteOptions): RemoteAttempt {
  const { api, spec, root, executor, parseStdout } = options
  const folder = attemptFolder(root, spec.name, assigned)
  const path = `/studies/${encodeURIComponent(spec.name)}/trials/${assigned.trial}`
  const objectives = spec.objectives.map(({ metric }) => metric)
  const running: Running = { handle: undefined, isGivenBack: false }
  const end = () => {
    running.isGivenBack = true
    if (running.handle === undefined) return
    executor.kill(running.handle, jobOf(spec).graceSeconds).catch((error: Error) => options.warn(error.message))
  }
  const tail = openTail({ folder, parseStdout, objectives, cursor: assigned.cursor, now: Date.now })
  const reports: RemoteReports = remoteReports(assigned, {
    api,
    path,
    tail,
    save: (one) => saveAssignment(root, spec.name, one),
    onVerdict(verdict) {
      if (verdict === 'stop') return end()
      const judged = { verdict: verdict as 'prune' | 'pause', step: reports.lastStep, reason: 'said by the server' }
      writeVerdict(folder, judged)
      running.afterVerdict = setTimeout(end, graceAfterVerdict(folder))
    },
  })
  const see = async (): Promise<Outcome | undefined> => {
    const exit = await runCommand({ assigned, devices, running, reports, options, end })
    while (await reports.send(true, TELL_MILLISECONDS)) {}
    const outcome = concluded(exit, { folder, spec, tail, reports })
    if (outcome) {
      await sendFiles(join(folder, 'artifacts'), path, options)
      const body = { attempt: assigned.attempt, outcome }
      await api.call('POST', `${path}/tell`, body, TELL_MILLISECONDS)
    }
    removeAssignment(root, spec.name, assigned)
    return outcome
  }
  return { done: see(), giveBack: end }
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
  readonly options: RemoteOptions
  readonly end: () => void
}

async function runCommand({ assigned, devices, running, reports, options, end }: Run): Promise<Exit> {
  const { root, spec, executor } = options
  const { trial, attempt, params } = assigned
  const job = prepareJob(root, spec, { number: trial, params, attempts: { length: attempt } }, devices)
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
  }
  clearTimeout(running.afterVerdict)
  return exit
}

interface Ended {
  readonly folder: string
  readonly spec: StudySpec
  readonly tail: Tail
  readonly reports: RemoteReports
}

/** @returns undefined for what nobody is to count: it was stopped, given back, or its processes are gone without a word. */
function concluded(exit: Exit, { folder, spec, tail, reports }: Ended): Outcome | undefined {
  const { verdict, lastStep } = reports
  const isGood = exit.kind === 'code' && exit.code === 0
  const isJudged = verdict === 'prune' || verdict === 'pause'
  // one that got to its end before it heard of it has a result
  if (isJudged && (!isGood || usesSdk(folder)))
    return { state: 'pruned', reason: `step ${lastStep}: the server said so` }
  if (verdict === 'stop' || exit.kind === 'killed' || exit.kind === 'lost') return undefined
  return outcomeOf({
    exit,
    objectives: spec.objectives,
    last: tail.last(),
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
      .put(`${path}/artifacts/${encodeURIComponent(name)}`, file, TELL_MILLISECONDS)
      .catch((error: Error) => warn(`${file}: ${error.message}`))
  }
}

function onlyAway(error: unknown): void {
  if (!(error instanceof ParzenError) || error.code !== UNREACHABLE) throw error
}
