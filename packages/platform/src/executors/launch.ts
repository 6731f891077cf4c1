import { type ChildProcess, spawn } from 'node:child_process'
import { appendEnding, fence } from './attempt-folder.js'
import type { Job } from './executor.js'
import { MARKER } from './process-tree.js'
import { shim } from './shim.js'

/** A shim this process has spawned. */
export interface Child {
  readonly pid: number
  readonly startedAt: number
  readonly ended: Promise<void>
}

/** The system has no more processes, memory or files to give just now: not the command's fault. */
const BUSY: readonly string[] = ['EAGAIN', 'ENOMEM', 'EMFILE', 'ENFILE']

/** @returns undefined if the command can never be started like this; the attempt's record says why. */
export async function launch(job: Job): Promise<Child | undefined> {
  const child = spawnShim(job)
  if (!(child instanceof Error) && child.pid !== undefined) {
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
    return { pid: child.pid, startedAt: Date.now(), ended }
  }
  const error = child instanceof Error ? child : await failure(child)
  if (BUSY.includes(error.code ?? '')) throw error
  if (fence(job.folder)) appendEnding(job.folder, `unstartable ${reason(error, job)}`)
  return undefined
}

/** Some errors are thrown, others come as an event. */
function spawnShim(job: Job): ChildProcess | NodeJS.ErrnoException {
  try {
    return spawn('/bin/sh', ['-c', shim, 'parzen-shim', job.folder, ...job.argv], {
      cwd: job.workingFolder,
      env: { ...process.env, ...job.environment, PARZEN_ATTEMPT_KEY: job.key, [MARKER]: job.folder },
      // a session of its own: Ctrl-C at the runner's terminal does not reach it
      detached: true,
      stdio: 'ignore',
    })
  } catch (error) {
    return error as NodeJS.ErrnoException
  }
}

function failure(child: ChildProcess): Promise<NodeJS.ErrnoException> {
  return new Promise((resolve) => child.once('error', resolve))
}

function reason(error: NodeJS.ErrnoException, job: Job): string {
  if (error.code === 'E2BIG') return 'its arguments and environment are longer than the system allows'
  if (error.code === 'ENOENT') return `its working folder ${job.workingFolder} does not exist`
  return error.message
}
