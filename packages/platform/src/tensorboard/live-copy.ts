import type { Study } from '@parzen/core'
import type { SweepLog } from './sweep-log.js'

/** How long what was reported may wait to be written. */
const WRITE_MILLISECONDS = 1000

/** Keeps a log folder up with a study that this process runs. */
export interface LiveCopy {
  /** Something has happened. */
  changed(): void
  /** Writes what is left. */
  close(): Promise<void>
}

/** @param onFailure gets the first error, after which nothing more is written: a copy must not stop the sweep. */
export function liveCopy(study: Study, log: SweepLog, onFailure: (error: Error) => void): LiveCopy {
  let timer: NodeJS.Timeout | undefined
  let hasFailed = false
  const write = async () => {
    timer = undefined
    if (hasFailed) return
    try {
      await log.update(study.state)
    } catch (error) {
      if (!hasFailed) onFailure(error as Error)
      hasFailed = true
    }
  }
  return {
    changed() {
      timer ??= setTimeout(write, WRITE_MILLISECONDS)
    },
    async close() {
      clearTimeout(timer)
      await write()
    },
  }
}
