import { type ChildProcess, spawn } from 'node:child_process'
import type { Socket } from 'node:net'
import type { Job } from './executor.js'
import { attemptScript, prelude } from './lane-script.js'

/** A shell that runs one attempt at a time and outlives this process. */
export interface Lane {
  readonly pid: number
  /** Resolves when the attempt has ended, or the lane has. */
  run(job: Job): Promise<void>
  /** It ends with the attempt it is at. */
  retire(): void
  readonly isRetired: boolean
}

/**
 * Starting one costs what spawning any process from Node does, which is why a lane is used again: forking from a small
 * shell is several times cheaper.
 * @throws the system's error if there are no processes, memory or files to be had.
 */
export async function openLane(): Promise<Lane> {
  const child = spawn('/bin/sh', ['-s', 'parzen-lane'], {
    cwd: '/',
    // a session of its own: Ctrl-C at the runner's terminal does not reach it
    detached: true,
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  const { pid, stdin, stdout } = child
  if (pid === undefined) throw await new Promise((resolve) => child.once('error', resolve))
  let isRetired = false
  let done: (() => void) | undefined
  const finish = () => {
    setAwake(child, false)
    done?.()
    done = undefined
  }
  stdout.on('data', finish)
  child.once('exit', () => {
    isRetired = true
    finish()
  })
  // it has died; `exit` tells
  stdin.on('error', () => undefined)
  stdin.write(prelude)
  setAwake(child, false)
  return {
    pid,
    run(job) {
      setAwake(child, true)
      return new Promise((resolve) => {
        done = resolve
        stdin.write(attemptScript(job))
        if (isRetired) finish()
      })
    },
    retire() {
      isRetired = true
      stdin.end()
    },
    get isRetired() {
      return isRetired
    },
  }
}

/** An idle lane does not keep this process from ending. */
function setAwake(child: ChildProcess, isAwake: boolean): void {
  for (const each of [child, child.stdin as Socket | null, child.stdout as Socket | null]) {
    if (isAwake) each?.ref()
    else each?.unref()
  }
}
