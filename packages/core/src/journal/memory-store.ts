import type { StudyEvent } from './event.js'
import type { AbortSignalLike, Store } from './store.js'

/** Journals in this process's memory: for tests, browsers and `minimize`. */
export function memoryStore(): Store {
  const journals = new Map<string, StudyEvent[]>()
  const waiting = new Map<string, Set<() => void>>()
  const eventsOf = (study: string) => journals.get(study) ?? []

  return {
    async append(study, version, events) {
      const journal = eventsOf(study)
      if (journal.length !== version) return false
      // a copy, as a database would make: later changes by the caller must not reach the journal
      journal.push(...structuredCopy(events))
      journals.set(study, journal)
      for (const wake of waiting.get(study) ?? []) wake()
      return true
    },
    async read(study, version) {
      return eventsOf(study).slice(version)
    },
    async changed(study, version, signal) {
      if (eventsOf(study).length > version || signal?.aborted) return
      await new Promise<void>((resolve) => wakeOnce(waiting, study, resolve, signal))
    },
    async list() {
      return [...journals.keys()].sort()
    },
    async close() {
      for (const study of waiting.values()) for (const wake of study) wake()
    },
  }
}

function structuredCopy(events: readonly StudyEvent[]): StudyEvent[] {
  return JSON.parse(JSON.stringify(events)) as StudyEvent[]
}

function wakeOnce(
  waiting: Map<string, Set<() => void>>,
  study: string,
  resolve: () => void,
  signal: AbortSignalLike | undefined,
): void {
  const all = waiting.get(study) ?? new Set()
  waiting.set(study, all)
  const wake = () => {
    all.delete(wake)
    signal?.removeEventListener('abort', wake)
    resolve()
  }
  all.add(wake)
  signal?.addEventListener('abort', wake)
}
