import type { StudyEvent } from '@parzen/core'

/** One append as it goes to the file. */
export interface Append {
  readonly study: string
  readonly version: number
  /** Events as JSON. */
  readonly lines: readonly string[]
}

export interface AppendQueue {
  add(study: string, version: number, events: readonly StudyEvent[]): Promise<boolean>
  /** Resolves when nothing is queued or being written. */
  drained(): Promise<void>
}

interface Pending extends Append {
  readonly resolve: (appended: boolean) => void
  readonly reject: (error: unknown) => void
}

/** Most appends that share a transaction, so that other processes get their turn. */
const maxBatch = 256

/**
 * Group commit: what is added while a batch is being written makes up the next batch, which is one transaction.
 *
 * @param write writes a batch or nothing of it. @returns for each append whether it was the first at its version.
 */
export function appendQueue(write: (batch: readonly Append[]) => Promise<readonly boolean[]>): AppendQueue {
  const queue: Pending[] = []
  let flushing: Promise<void> | undefined

  const flushOne = async (batch: readonly Pending[]) => {
    try {
      const results = await write(batch)
      batch.forEach((append, index) => {
        append.resolve(results[index] === true)
      })
    } catch (error) {
      if (batch.length === 1) batch[0]?.reject(error)
      // one that cannot be written (too large) must not take the others with it
      else for (const append of batch) await flushOne([append])
    }
  }
  const flushAll = async () => {
    while (queue.length > 0) {
      // a turn of the event loop, so that everything that is ready comes along
      await new Promise(setImmediate)
      await flushOne(queue.splice(0, maxBatch))
    }
    flushing = undefined
  }

  return {
    add(study, version, events) {
      return new Promise((resolve, reject) => {
        // turned into text now: later changes by the caller must not reach the journal
        queue.push({ study, version, lines: events.map((event) => JSON.stringify(event)), resolve, reject })
        flushing ??= flushAll()
      })
    },
    async drained() {
      while (flushing) await flushing
    },
  }
}
