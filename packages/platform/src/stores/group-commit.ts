export interface GroupCommit<T, R> {
  add(item: T): Promise<R>
  /** Resolves when nothing is queued or being written. */
  drained(): Promise<void>
}

interface Pending<T, R> {
  readonly item: T
  readonly resolve: (result: R) => void
  readonly reject: (error: unknown) => void
}

/** Most items that share a transaction, so that other processes get their turn. */
const maxBatch = 256

/**
 * What is added while a batch is being written makes up the next batch, which is one transaction.
 *
 * @param write writes a batch or nothing of it. @returns a result for each item.
 */
export function groupCommit<T, R>(write: (batch: readonly T[]) => Promise<readonly R[]>): GroupCommit<T, R> {
  const queue: Pending<T, R>[] = []
  let flushing: Promise<void> | undefined

  const flushOne = async (batch: readonly Pending<T, R>[]) => {
    try {
      const results = await write(batch.map(({ item }) => item))
      batch.forEach(({ resolve }, index) => {
        resolve(results[index] as R)
      })
    } catch (error) {
      if (batch.length === 1) batch[0]?.reject(error)
      // one that cannot be written (too large) must not take the others with it
      else for (const pending of batch) await flushOne([pending])
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
    add(item) {
      return new Promise((resolve, reject) => {
        queue.push({ item, resolve, reject })
        flushing ??= flushAll()
      })
    },
    async drained() {
      while (flushing) await flushing
    },
  }
}
