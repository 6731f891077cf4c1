import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads'
import { encodeMetrics, type Metrics, ParzenError } from '@parzen/core'
import { GO_ON, keepIn, type Said, type Transport } from './transport.js'

export interface HttpOptions {
  readonly url: string
  readonly token: string
  readonly study: string
  readonly trial: number
  readonly attempt: number
  /** Absolute; of this attempt alone, for checkpoints and copies of what is kept. */
  readonly folder: string
  /** Whether an attempt before it, or a parent, may have left checkpoints with the server. */
  readonly goesOn: boolean
}

/** What the thread is asked, one after the other. */
export type Request =
  | { readonly say: 'report'; readonly step: number; readonly metrics: ReturnType<typeof encodeMetrics> }
  | { readonly say: 'keep'; readonly name: string; readonly path: string }
  | { readonly say: 'checkpoints' }
  | { readonly say: 'flush'; readonly isLast: boolean }

/** `error`: the server has refused, in its own words. */
export interface Reply {
  readonly id: number
  readonly error?: { readonly code: string; readonly message: string }
}

/** What the thread says: an answer, or, whenever it has heard it, what the server has decided. */
export type Message = Reply | { readonly said: Said }

export const LOST_CHECKPOINTS = 'trial/checkpoints'

/** Shared with the thread, which counts its messages there. */
export const MESSAGES = 0

// compiled beside this file; a thread cannot run the TypeScript that tests import
const entry = fileURLToPath(new URL('./http-thread.js', import.meta.url)).replace('/src/', '/dist/')
const REPLY_MILLISECONDS = 130_000
/** Checkpoints may be large. */
const TRAVEL_MILLISECONDS = 3_600_000

/**
 * Reports to a server, from a thread of its own: `report` waits for the verdict as long as a busy loop calls it, and signs of life
 * are given while the training is at work. A server that is away ends no training: reports wait for the next one, at last for
 * the end of the process.
 */
export function httpTransport(options: HttpOptions): Transport {
  if (!existsSync(entry)) throw new ParzenError('trial/thread', `trial: expected ${entry}, got no such file`)
  const signal = new Int32Array(new SharedArrayBuffer(4))
  const { port1: port, port2 } = new MessageChannel()
  const thread = new Worker(entry, { workerData: { ...options, signal, port: port2 }, transferList: [port2] })
  thread.unref()
  port.unref()
  let lastId = 0
  let said = GO_ON

  /** Takes in what was said. @returns the next answer, if there is one. */
  const hear = (): Reply | undefined => {
    for (;;) {
      const { message } = (receiveMessageOnPort(port) as { readonly message: Message } | undefined) ?? {}
      if (!message || 'id' in message) return message
      said = message.said
    }
  }
  const ask = (request: Request, patience = REPLY_MILLISECONDS): void => {
    const id = ++lastId
    port.postMessage({ ...request, id })
    const until = performance.now() + patience
    for (;;) {
      const seen = Atomics.load(signal, MESSAGES)
      const got = hear()
      if (got?.id === id) {
        const { error } = got
        if (error) throw new ParzenError(error.code, error.message)
        return
      }
      if (got) continue
      const left = until - performance.now()
      if (left <= 0) return
      Atomics.wait(signal, MESSAGES, seen, left)
    }
  }
  process.once('exit', () => {
    try {
      // with what is to be gone on from, if it was told to pause
      ask({ say: 'flush', isLast: true }, TRAVEL_MILLISECONDS)
    } catch (error) {
      const { code, message } = error as ParzenError
      const what = code === LOST_CHECKPOINTS ? 'checkpoints' : 'reports'
      process.stderr.write(`parzen: ${what} were lost: ${message}\n`)
    }
  })
  return {
    checkpoints() {
      ask({ say: 'checkpoints' }, TRAVEL_MILLISECONDS)
      return join(options.folder, 'checkpoints')
    },
    report(step, metrics: Metrics) {
      ask({ say: 'report', step, metrics: encodeMetrics(metrics) })
      return said
    },
    said() {
      while (hear()) {}
      return said
    },
    keep(name, source) {
      const path = keepIn(options.folder, name, source)
      ask({ say: 'keep', name, path })
      return path
    },
    flush: () => ask({ say: 'flush', isLast: false }),
  }
}
