import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'

/** A thread that answers requests, one at a time. It does not keep the process alive but while it is at one. */
export interface RequestThread<Request, Reply> {
  /** Only after the reply to the one before. @throws what the thread failed with, now or before. */
  send(request: Request): Promise<Reply>
  hasFailed(): boolean
  close(): Promise<void>
}

/** A module compiled beside the one that asks: a thread cannot run the TypeScript that tests import. */
export function threadEntry(name: string, module: string): string {
  return fileURLToPath(new URL(name, module)).replace('/src/', '/dist/')
}

/**
 * @param entry the module it runs, which answers each message with one.
 * @param name what it is, for the message when it ends by itself: `a thread of analyses`.
 */
export function requestThread<Request, Reply>(entry: string, name: string): RequestThread<Request, Reply> {
  const worker = new Worker(entry)
  worker.unref()
  let waiting: { resolve(reply: Reply): void; reject(error: unknown): void } | undefined
  let failure: unknown
  const fail = (error: unknown) => {
    failure ??= error
    waiting?.reject(error)
  }
  worker.on('message', (reply: Reply) => waiting?.resolve(reply))
  worker.on('error', fail)
  worker.on('exit', (code) => fail(new Error(`${name} that ended with code ${code}`)))
  return {
    hasFailed: () => failure !== undefined,
    async send(request) {
      if (failure !== undefined) throw failure
      worker.ref()
      try {
        return await new Promise<Reply>((resolve, reject) => {
          waiting = { resolve, reject }
          worker.postMessage(request)
        })
      } finally {
        waiting = undefined
        worker.unref()
      }
    },
    async close() {
      await worker.terminate()
    },
  }
}
