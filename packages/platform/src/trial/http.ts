import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads'
import { encodeMetrics, type Metrics, ParzenError, type Verdict } from '@parzen/core'
import { keepIn, type Transport } from './transport.js'

export interface HttpOptions {
  readonly url: string
  readonly token: string
  readonly study: string
  readonly trial: number
  readonly attempt: number
  /** Of this process alone, for checkpoints and copies of what is kept. */
  readonly folder: string
}

/** What the thread is asked, one after the other. */
export type Request =
  | { readonly say: 'report'; readonly step: number; readonly metrics: ReturnType<typeof encodeMetrics> }
  | { readonly say: 'keep'; readonly name: string; readonly path: string }
  | { readonly say: 'flush' }

/** `error`: the server has refused, in its own words. */
export interface Reply {
  readonly id: number
  readonly error?: { readonly code: string; readonly message: string }
}

/** Shared with the thread, which writes both. */
export const REPLIES = 0
export const VERDICT = 1
export const verdicts: readonly Verdict[] = ['continue', 'prune', 'pause', 'ended']

// compiled beside this file; a thread cannot run the TypeScript that tests import
const entry = fileURLToPath(new URL('./http-thread.js', import.meta.url)).replace('/src/', '/dist/')
const REPLY_MILLISECONDS = 130_000

/**
 * Reports to a server, from a thread of its own: `report` waits for the verdict as long as a busy loop calls it, and signs of life
 * are given while the training is at work. A server that is away ends no training: reports wait for the next one, at last for
 * the end of the process.
 */
export function httpTransport(options: HttpOptions): Transport {
  if (!existsSync(entry)) throw new ParzenError('trial/thread', `trial: expected ${entry}, got no such file`)
  const signal = new Int32Array(new SharedArrayBuffer(8))
  const { port1: port, port2 } = new MessageChannel()
  const thread = new Worker(entry, { workerData: { ...options, signal, port: port2 }, transferList: [port2] })
  thread.unref()
  port.unref()
  let lastId = 0

  const ask = (request: Request): void => {
    const id = ++lastId
    port.postMessage({ ...request, id })
    const until = performance.now() + REPLY_MILLISECONDS
    for (;;) {
      const seen = Atomics.load(signal, REPLIES)
      const got = receiveMessageOnPort(port) as { message: Reply } | undefined
      if (got?.message.id === id) {
        const { error } = got.message
        if (error) throw new ParzenError(error.code, error.message)
        return
      }
      if (got) continue
      const left = until - performance.now()
      if (left <= 0) return
      Atomics.wait(signal, REPLIES, seen, left)
    }
  }
  const verdict = () => verdicts[Atomics.load(signal, VERDICT)] as Verdict
  const flush = () => ask({ say: 'flush' })
  process.once('exit', () => {
    try {
      flush()
    } catch (error) {
      process.stderr.write(`parzen: reports were lost: ${(error as Error).message}\n`)
    }
  })
  return {
    checkpoints: `${options.folder}/checkpoints`,
    report(step, metrics: Metrics) {
      ask({ say: 'report', step, metrics: encodeMetrics(metrics) })
      return verdict()
    },
    verdict,
    keep(name, source) {
      const path = keepIn(options.folder, name, source)
      ask({ say: 'keep', name, path })
      return path
    },
    flush,
  }
}
