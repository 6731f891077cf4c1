import { activeTrials, type Json, type Outcome, type Study, type TrialRecord, wantedMetrics } from '@parzen/core'
import type { Executor } from '../executors/executor.js'
import { executorByName } from '../executors/registry.js'
import { jobOf } from '../spec/spec.js'
import { studyFolder } from '../stores/folders.js'
import type { Repository } from '../stores/series.js'
import { isAsked } from './asked.js'
import { type Attempts, attempts } from './attempts.js'
import { checkCommand, danglingOptions } from './command.js'
import { HOPELESS, isHopeless } from './hopeless.js'
import { idlePruner } from './idle-pruner.js'
import { type Lease, releaseQuietly, takeLease } from './lease.js'
import { stdoutParser } from './metrics.js'
import { devicesOf, removeAhead } from './prepare.js'
import { type Slot, type Slots, slots } from './slots.js'
import { aliveUntil, claimStudyFolder, isClaimed } from './study-folder.js'
import { wakeUp } from './wake-up.js'

/** What a person watching wants to know, as it happens; the same facts are in the journal. */
export type RunnerEvent =
  | { readonly type: 'adopted'; readonly trial: number }
  | { readonly type: 'started'; readonly trial: TrialRecord }
  | { readonly type: 'reported'; readonly trial: TrialRecord }
  | { readonly type: 'retried'; readonly trial: TrialRecord; readonly message: string }
  | { readonly type: 'paused'; readonly trial: TrialRecord }
  | { readonly type: 'promoted'; readonly trial: TrialRecord }
  | { readonly type: 'finished'; readonly trial: TrialRecord; readonly outcome: Outcome }
  | { readonly type: 'warning'; readonly message: string }

export interface RunOptions {
  readonly study: Study
  readonly store: Repository
  /** Absolute; `<root>/studies/<study>/trial-0007/attempt-1/…` */
  readonly root: string
  /** The study's lease, if it was taken before, to edit the study under it; whoever took it releases it. */
  readonly lease?: Lease
  /** Only sees to its end what a run before has left running: a stop is not taken back, and nothing is started. */
  readonly windsDown?: boolean
  readonly onEvent?: (event: RunnerEvent) => void
}

export interface Running {
  /**
   * Resolves when nothing runs any more and nothing more is to be started; the reason if the study has ended.
   *
   * Rejects with a ParzenError: `run/taken` if another process runs the study, `command/placeholder`,
   * `command/unstartable`, `metrics/pattern`, `resources/gpus`, `executor/unknown`, or what the store says. What runs
   * then goes on and is taken over by the next run.
   */
  readonly done: Promise<string | undefined>
  /** No new trials; running ones finish. */
  drain(): void
  /** Ends what runs, marked so that the next run continues it. */
  interrupt(): void
}

/** How often reports are read and committed, and at least how far apart others' events are looked at. */
const READ_MILLISECONDS = 200
const LOOK_MILLISECONDS = 50

/**
 * Runs a study's trials until its budget is spent or it is stopped, also by itself if all trials fail before any has a result.
 * To call it takes back an earlier stop, unless it `windsDown`.
 *
 * Attempts that still run from an earlier run, however that ended, are taken over.
 */
export function run(options: RunOptions): Running {
  const control: Control = { isDraining: false, isInterrupted: false, wake: wakeUp(), attempts: undefined }
  const drain = () => {
    control.isDraining = true
    control.wake.wake()
  }
  const interrupt = () => {
    control.isInterrupted = true
    control.attempts?.endAll()
    drain()
  }
  return { done: runStudy(options, control, { drain, interrupt }), drain, interrupt }
}

interface Control {
  isDraining: boolean
  isInterrupted: boolean
  failure?: { readonly error: unknown }
  readonly wake: ReturnType<typeof wakeUp>
  attempts: Attempts | undefined
}

async function runStudy(
  { study, store, root, lease: held, windsDown = false, onEvent = () => {} }: RunOptions,
  control: Control,
  stop: Pick<Running, 'drain' | 'interrupt'>,
): Promise<string | undefined> {
  await study.sync()
  const { spec } = study
  const { command, resources, devices, metrics, executor: executorName } = jobOf(spec)
  checkCommand(command, spec.space)
  for (const message of danglingOptions(command, spec.space)) onEvent({ type: 'warning', message })
  const parseStdout = stdoutParser(metrics, wantedMetrics(spec))
  const pool = slots({ ...resources, parallel: spec.budget.parallel, devices })
  const executor: Executor = executorByName(executorName)
  const fail = (error: unknown) => {
    control.failure ??= { error }
    stop.interrupt()
  }
  const lease = held ?? takeLease(studyFolder(root, study.name), study.name)
  const watching = new AbortController()
  const giveUp = giveUpIfHopeless(study, onEvent)
  const warn = warnOnceIfIdle(study, onEvent)
  const emit = (event: RunnerEvent) => {
    onEvent(event)
    if (event.type !== 'finished') return
    giveUp().catch(fail)
    warn()
  }
  const seen = attempts({ study, store, root, executor, parseStdout, emit, fail })
  control.attempts = seen
  const reader = setInterval(() => seen.readReports().catch(fail), READ_MILLISECONDS)
  try {
    claimStudyFolder(root, study)
    // written also where it says nothing else: what waits and was asked for is taken up by servers until then, by this from then on
    const hasAsked = activeTrials(study.state).some(isAsked)
    await study.runStarted(aliveUntil(root, study, lease.touched) ?? (hasAsked ? Date.now() : undefined))
    // running a study is the wish that it goes on
    if (windsDown) stop.drain()
    else await study.resume()
    const edited = () => {
      pool.resize(study.spec.budget.parallel)
      control.wake.wake()
    }
    watch(study, { attempts: seen, stop, edited, wake: control.wake.wake, signal: watching.signal }).catch(fail)
    await work({ study, store, root, pool, control, seen, fail, emit })
    if (control.failure) throw control.failure.error
    await removeAhead(root, study)
    return await study.settle()
  } finally {
    clearInterval(reader)
    seen.close()
    watching.abort()
    await executor.close()
    if (!held) releaseQuietly(lease, (message) => onEvent({ type: 'warning', message }))
  }
}

/** A command that never works is not tried until the budget is spent: it asks, as anybody may, that the study stops. */
function giveUpIfHopeless(study: Study, onEvent: (event: RunnerEvent) => void): () => Promise<void> {
  const { length: before } = study.state.finished
  const by = `parzen, after ${HOPELESS} failures without a result`
  return async () => {
    if (!isHopeless(study.state, before)) return
    const isStopped = await study.commit((state) => {
      const isOver = state.stop !== undefined || state.ended !== undefined
      return { events: isOver ? [] : [{ type: 'study-stop-requested', by, now: false }], result: !isOver }
    })
    const message = `${HOPELESS} trials have failed and none gave a result: stopped. mend the command or the sweep file and run again`
    if (isStopped) onEvent({ type: 'warning', message })
  }
}

/** While there is time to mend it: that the pruner will not stop anything. */
function warnOnceIfIdle(study: Study, onEvent: (event: RunnerEvent) => void): () => void {
  let isTold = false
  return () => {
    const message = isTold ? undefined : idlePruner(study.state)
    if (message === undefined) return
    isTold = true
    onEvent({ type: 'warning', message })
  }
}

interface Work {
  readonly study: Study
  readonly store: Pick<Repository, 'series'>
  readonly root: string
  readonly pool: Slots
  readonly control: Control
  readonly seen: Attempts
  readonly fail: (error: unknown) => void
  readonly emit: (event: RunnerEvent) => void
}

async function work(all: Work): Promise<void> {
  const { study, store, root, pool, control, seen } = all
  for (const trial of activeTrials(study.state)) {
    if (isElsewhere(trial)) continue
    const attempt = trial.attempts.length
    // also one that was started by a runner that died before its launch was known
    if (trial.attempts.at(-1)?.handle === undefined && !isClaimed(root, study.name, trial)) continue
    const devices = devicesOf(root, study.name, { trial: trial.number, attempt })
    const cursor = await store.series.cursor({ study: study.name, trial: trial.number, attempt, kind: 'metrics' })
    begin(all, trial.number, pool.adopt(devices), cursor)
  }
  seen.endStopped()
  let isTold = false
  for (;;) {
    if (control.isInterrupted) seen.endAll()
    await startWhatFits(all)
    const left = control.isDraining ? [] : activeTrials(study.state)
    if (seen.size === 0 && left.length === 0) return
    if (!isTold && left.length > 0 && left.every(isElsewhere)) {
      isTold = true
      const numbers = left.map(({ number }) => number).join(', ')
      all.emit({ type: 'warning', message: `waiting for trials that others have asked for and run: ${numbers}` })
    }
    await control.wake.wait()
  }
}

/** Whoever asked for it runs it. */
function isElsewhere(trial: TrialRecord): boolean {
  return trial.state === 'running' && isAsked(trial)
}

function begin({ seen, pool, control, fail }: Work, trial: number, slot: Slot, cursor?: Json): void {
  seen
    .see(trial, slot.devices, cursor)
    .catch(fail)
    .finally(() => {
      pool.release(slot)
      control.wake.wake()
    })
}

async function startWhatFits(all: Work): Promise<void> {
  const { pool, control } = all
  while (!control.isDraining) {
    const slot = pool.take()
    if (!slot) return
    const trial = await nextTrial(all).catch(all.fail)
    if (trial === undefined || control.isDraining) {
      pool.release(slot)
      return
    }
    begin(all, trial, slot)
  }
}

/** A trial that waits for its next attempt, a paused one that has earned it, or a new one. */
async function nextTrial({ study, seen, control, emit }: Work): Promise<number | undefined> {
  const now = Date.now()
  for (const trial of [...study.state.running.values()]) {
    if (trial.state !== 'waiting' || seen.has(trial.number)) continue
    if (trial.stopRequestedBy !== undefined) {
      await study.tell(trial.number, {
        state: 'failed',
        cause: 'killed',
        message: `stopped by ${trial.stopRequestedBy}`,
      })
      continue
    }
    const { notBefore = 0 } = trial.attempts.at(-1) ?? {}
    if (notBefore <= now) return trial.number
    control.wake.wakeAt(notBefore)
  }
  const asked = await study.ask({ pauses: true })
  if (asked && asked.attempt > 1) emit({ type: 'promoted', trial: study.state.trials[asked.number] as TrialRecord })
  return asked?.number
}

/** Sees to what other processes ask for. */
async function watch(
  study: Study,
  {
    attempts: seen,
    stop,
    edited,
    wake,
    signal,
  }: {
    attempts: Attempts
    stop: Pick<Running, 'drain' | 'interrupt'>
    edited: () => void
    wake: () => void
    signal: AbortSignal
  },
): Promise<void> {
  let { spec } = study
  let hadAsked = false
  while (!signal.aborted) {
    if (study.spec !== spec) {
      spec = study.spec
      edited()
    }
    // before waiting: a commit of this process may have read the request, and then nothing is new to wait for
    const { stop: asked } = study.state
    if (asked?.now) stop.interrupt()
    else if (asked) stop.drain()
    seen.endStopped()
    await study.changed(signal)
    if (signal.aborted) return
    await study.sync()
    // what comes of those decides what is next here
    const hasAsked = [...study.state.running.values()].some(isAsked)
    if (hasAsked || hadAsked) wake()
    hadAsked = hasAsked
    await new Promise((resolve) => setTimeout(resolve, LOOK_MILLISECONDS))
  }
}
