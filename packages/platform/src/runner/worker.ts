import { randomUUID } from 'node:crypto'
import { ParzenError, type StudySpec, wantedMetrics } from '@parzen/core'
import { executorByName } from '../executors/registry.js'
import { asJson, type JobSpec } from '../spec/spec.js'
import { studyFolder } from '../stores/folders.js'
import { type Api, UNREACHABLE } from '../trial/api.js'
import { type Assignment, preparedOf, saveAssignment, unfinished } from './assignment.js'
import { checkCommand } from './command.js'
import { takeLease } from './lease.js'
import { stdoutParser } from './metrics.js'
import { devicesOf, prepareJob } from './prepare.js'
import { type RemoteAttempt, type RemoteEnd, type RemoteOptions, remoteAttempt } from './remote-attempt.js'
import { type Slot, slots } from './slots.js'
import { claimStudyFolder } from './study-folder.js'
import { wakeUp } from './wake-up.js'

export interface WorkOptions {
  /** With the token of a user. */
  readonly api: Api
  /** The same for the token of one attempt. */
  readonly apiFor: (token: string) => Api
  readonly study: string
  /** What is run here; the server's own command is never. */
  readonly job: JobSpec
  readonly parallel: number
  /** How often a trial's checkpoints are sent while it runs, at most. */
  readonly checkpointSeconds: number
  /** Absolute; `<root>/studies/<study>/trial-0007/attempt-1/…` */
  readonly root: string
  /** Who works, for the journal. */
  readonly worker: string
  readonly onEvent: (event: WorkerEvent) => void
}

export type WorkerEvent =
  /** The server has the study, and lets this worker run its trials. */
  | { readonly type: 'joined' }
  | { readonly type: 'started' | 'continued'; readonly trial: number; readonly attempt: number }
  | { readonly type: 'ended'; readonly trial: number; readonly attempt: number; readonly outcome: RemoteEnd }
  | { readonly type: 'away' | 'warning'; readonly message: string }

export interface Working {
  /** Resolves when the study has ended, with the reason, or when nothing runs any more after a `drain`. */
  readonly done: Promise<string | undefined>
  drain(): void
  /** Ends what runs; the server hands it out again. */
  interrupt(): void
}

/** Silence after which the server hands a trial to somebody else: several heartbeats that did not get through. */
const LEASE_SECONDS = 60
const ASK_AGAIN_MILLISECONDS = 2000
/** A wrong address should be known soon. */
const FIRST_ANSWER_MILLISECONDS = 10_000

interface Asked {
  readonly trials: readonly (Pick<Assignment, 'trial' | 'attempt' | 'params' | 'before' | 'token'> & {
    readonly parent: number | null
    readonly targetStep: number | null
  })[]
  readonly ended: string | null
}

/** Runs trials of a server's study on this machine, with nothing shared, until the study has ended. */
export function work(options: WorkOptions): Working {
  const control: Control = { isDraining: false, ended: undefined, active: new Set(), wake: wakeUp() }
  const drain = () => {
    control.isDraining = true
    control.wake.wake()
  }
  const interrupt = () => {
    for (const one of control.active) one.giveBack()
    drain()
  }
  return { done: workOn(options, control), drain, interrupt }
}

interface Control {
  isDraining: boolean
  failure?: { readonly error: unknown }
  ended: string | undefined
  readonly active: Set<RemoteAttempt>
  readonly wake: ReturnType<typeof wakeUp>
}

async function workOn(options: WorkOptions, control: Control): Promise<string | undefined> {
  const { api, study, job, root } = options
  const path = `/studies/${encodeURIComponent(study)}`
  const { spec: theirs, summary } = await api.call<{ spec: StudySpec; summary: { createdAt: number } }>(
    'GET',
    path,
    undefined,
    FIRST_ANSWER_MILLISECONDS,
  )
  const spec: StudySpec = { ...theirs, job: asJson(job) }
  checkCommand(job.command, spec.space)
  const lease = takeLease(studyFolder(root, study), study)
  const executor = executorByName(job.executor)
  // a worker that waits to ask again is at work
  const awake = setInterval(() => undefined, 2 ** 30)
  try {
    claimStudyFolder(root, { name: study, state: { createdAt: summary.createdAt } })
    const team = crew(options, control, { spec, executor })
    team.takeUp()
    while (!(await team.fill())) await control.wake.wait()
    if (control.failure) throw control.failure.error
    return control.ended
  } finally {
    clearInterval(awake)
    await executor.close()
    lease.release()
  }
}

/** What runs here, and what more is asked for. */
function crew(options: WorkOptions, control: Control, own: Pick<RemoteOptions, 'spec' | 'executor'>) {
  const { api, apiFor, study, job, root, parallel, checkpointSeconds, onEvent } = options
  const { spec } = own
  const parseStdout = stdoutParser(job.metrics, wantedMetrics(spec))
  const pool = slots({ ...job.resources, parallel, devices: job.devices })
  let isKnown = false
  const join = () => {
    if (!isKnown) onEvent({ type: 'joined' })
    isKnown = true
  }

  const begin = (assigned: Assignment, slot: Slot) => {
    const { trial, attempt } = assigned
    const one = remoteAttempt(assigned, slot.devices, {
      ...own,
      api: apiFor(assigned.token),
      root,
      parseStdout,
      checkpointSeconds,
      warn: (message) => onEvent({ type: 'warning', message }),
    })
    control.active.add(one)
    one.done
      .then((outcome) => onEvent({ type: 'ended', trial, attempt, outcome }))
      .catch((error: unknown) => {
        control.failure ??= { error }
        control.isDraining = true
      })
      .finally(() => {
        control.active.delete(one)
        pool.release(slot)
        control.wake.wake()
      })
  }
  /** @returns whether there was one. */
  const askOne = async (slot: Slot): Promise<boolean> => {
    const body = { count: 1, worker: options.worker, request: randomUUID(), leaseSeconds: LEASE_SECONDS, pauses: true }
    const asked = await api.call<Asked>('POST', `/studies/${encodeURIComponent(study)}/ask`, body, 0)
    control.ended = asked.ended ?? undefined
    join()
    const [given] = asked.trials
    if (!given) return false
    const assigned: Assignment = {
      ...given,
      parent: given.parent ?? undefined,
      targetStep: given.targetStep ?? undefined,
      sent: 0,
    }
    // before its command is started: from then on it is known here, whoever is killed
    prepareJob(root, spec, preparedOf(assigned), slot.devices)
    saveAssignment(root, study, assigned)
    onEvent({ type: 'started', trial: given.trial, attempt: given.attempt })
    begin(assigned, slot)
    return true
  }
  return {
    /** What a worker before this one was at. */
    takeUp() {
      for (const assigned of unfinished(root, study)) {
        join()
        onEvent({ type: 'continued', trial: assigned.trial, attempt: assigned.attempt })
        begin(assigned, pool.adopt(devicesOf(root, study, assigned)))
      }
    },
    /** Asks for as many as there is room for. @returns whether nothing runs and nothing more is to come. */
    async fill(): Promise<boolean> {
      while (!control.isDraining && control.ended === undefined) {
        const slot = pool.take()
        if (!slot) break
        if (await askOne(slot).catch((error: unknown) => away(error, onEvent))) continue
        pool.release(slot)
        control.wake.wakeAt(Date.now() + ASK_AGAIN_MILLISECONDS)
        break
      }
      return control.active.size === 0 && (control.isDraining || control.ended !== undefined)
    },
  }
}

/** A server that is away is asked again later. */
function away(error: unknown, onEvent: WorkOptions['onEvent']): false {
  if (!(error instanceof ParzenError) || error.code !== UNREACHABLE) throw error
  onEvent({ type: 'away', message: error.message })
  return false
}
