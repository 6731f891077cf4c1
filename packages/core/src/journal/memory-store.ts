import type { StudyEvent } from './event.js'
import type { AbortSignalLike, Store } from './store.js'

/** Journals in this process's memory: for tests, browsers and `minimize`. */
export function memoryStore(): Store {
  // as text, like a database: neither the writer's objects nor the readers' are the journal's
  const journals = new Map<string, string[]>()
  const waiting = new Map<string, Set<() => void>>()
  const linesOf = (study: string) => journals.get(study) ?? []
  let isOpen = true

  return {
    async append(study, version, events) {
      const journal = linesOf(study)
      if (journal.length !== version) return false
      if (events.length === 0) return true
      for (const event of events) journal.push(JSON.stringify(event))
      journals.set(study, journal)
      for (const wake of waiting.get(study) ?? []) wake()
      return true
    },
    async read(study, version) {
      return JSON.parse(`[${linesOf(study).slice(version).join(',')}]`) as StudyEvent[]
    },
    async changed(study, version, signal) {
      if (linesOf(study).length > version || signal?.aborted || !isOpen) return
      const wakers = waiting.get(study) ?? new Set()
      waiting.set(study, wakers)
      await wokenOnce(wakers, signal)
    },
    async list() {
      return [...journals.keys()].sort()
    },
    async close() {
      isOpen = false
      for (const study of waiting.values()) for (const wake of study) wake()
    },
  }
}

function wokenOnce(wakers: Set<() => void>, signal: AbortSignalLike | undefined): Promise<void> {
  return new Promise((resolve) => {
    const wake = () => {
      wakers.delete(wake)
      signal?.removeEventListener('abort', wake)
      resolve()
    }
    wakers.add(wake)
    signal?.addEventListener('abort', wake)
  })
}
