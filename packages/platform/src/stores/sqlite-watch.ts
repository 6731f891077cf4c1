import type { AbortSignalLike } from '@parzen/core'

const shortestMilliseconds = 20
const longestMilliseconds = 100

export interface Watch {
  /** Resolves when `grown` says so, when `signal` aborts, or at `close`. */
  wait(grown: () => boolean, signal: AbortSignalLike | undefined): Promise<void>
  /** To be called after every append of this process. */
  wake(): void
  close(): void
}

interface Waiter {
  readonly grown: () => boolean
  readonly end: () => void
}

/**
 * Notices what other processes append: SQLite has no notification, so `stamp` (a few microseconds) is read every 20 ms,
 * up to every 100 ms while nothing happens. Nothing runs while nobody waits.
 *
 * If the file cannot be read, waiters resolve: they read next, with patience, and hear what is wrong.
 * @param stamp differs whenever another process has written since the last call.
 */
export function watch(stamp: () => unknown): Watch {
  const waiters = new Set<Waiter>()
  let timer: NodeJS.Timeout | undefined
  let interval = shortestMilliseconds
  let last: unknown

  const wake = () => {
    for (const waiter of [...waiters]) if (readable(waiter.grown, true)) waiter.end()
  }
  const poll = () => {
    timer = undefined
    const now = readable(stamp, undefined)
    const isSame = now === last && now !== undefined
    interval = isSame ? Math.min(interval * 1.25, longestMilliseconds) : shortestMilliseconds
    if (!isSame) wake()
    last = now
    schedule()
  }
  const schedule = () => {
    if (waiters.size > 0) timer ??= setTimeout(poll, interval)
  }

  return {
    async wait(grown, signal) {
      if (signal?.aborted) return
      // read before the first look at the journal: what is written after that look is then seen by the next poll
      if (waiters.size === 0) last = readable(stamp, undefined)
      if (readable(grown, true)) return
      await new Promise<void>((resolve) => {
        const end = () => {
          waiters.delete(waiter)
          signal?.removeEventListener('abort', end)
          if (waiters.size === 0) clearTimeout(timer)
          if (waiters.size === 0) timer = undefined
          resolve()
        }
        const waiter = { grown, end }
        waiters.add(waiter)
        signal?.addEventListener('abort', end)
        schedule()
      })
    },
    wake,
    close() {
      for (const waiter of [...waiters]) waiter.end()
    },
  }
}

function readable<T>(read: () => T, otherwise: T): T {
  try {
    return read()
  } catch {
    return otherwise
  }
}
