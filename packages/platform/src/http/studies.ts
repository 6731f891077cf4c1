import { findStudy, type ParzenError, type Study } from '@parzen/core'
import { type SuggestionThread, suggestionThread } from '../runner/suggestion-thread.js'
import type { Repository } from '../stores/series.js'

/** Studies kept open, so that a call reads only what is new since the last one. */
export interface OpenStudies {
  /** As of now. @throws ParzenError `study/unknown`. */
  get(name: string): Promise<Study>
  /** As of its last call, for calls that commit: a commit reads on by itself. @throws ParzenError `study/unknown`. */
  open(name: string): Promise<Study>
  /** Those that are kept open, as of their last call. */
  all(): readonly Study[]
  /** Opens studies before anybody asks for them, as many as are kept open. */
  openAll(): Promise<void>
  close(): Promise<void>
}

export interface OpenStudiesOptions {
  /** Who writes, for journals. */
  readonly worker: string
  readonly now: () => number
  /** Hears of a thread that failed; suggestions are made in this one then. */
  readonly onFailure: (error: ParzenError, study: string) => void
}

/** With fewer finished trials the first suggestion is quick. */
const MANY = 500
/** A study in which something happened within a day is likely to be asked for trials again. */
const RECENT_MILLISECONDS = 86_400_000

/** Folded studies are kept for the next call; of more than these the one that was not asked for longest is let go. */
const MOST = 50

interface Open {
  readonly study: Study
  /** In the store: another study may have the name by now. */
  readonly key: number | undefined
  /** Slow suggestions must not keep reports of other trials waiting. */
  readonly thread: SuggestionThread
}

export function openStudies(
  store: Omit<Repository, 'series'>,
  { worker, now, onFailure }: OpenStudiesOptions,
): OpenStudies {
  const open = new Map<string, Open>()
  /** Two calls at once must not fold the same journal twice. */
  const opening = new Map<string, Promise<Study>>()
  let isClosed = false

  const openOne = async (name: string): Promise<Study> => {
    const thread = suggestionThread({ onFailure: (error) => onFailure(error, name) })
    const key = await store.erasing?.key(name)
    const study = await findStudy(store, name, { worker, now, elsewhere: thread })
    open.set(name, { study, key, thread })
    const { ended, finished, lastEventAt } = study.state
    if (ended === undefined && finished.length >= MANY && now() - lastEventAt < RECENT_MILLISECONDS) {
      // what is wrong with the store, the next call is told
      thread.warm((version) => store.read(name, version)).catch(() => undefined)
    }
    const [oldest] = open
    if (open.size > MOST && oldest) {
      open.delete(oldest[0])
      await oldest[1].thread.close()
    }
    return study
  }

  const find = async (name: string): Promise<Study> => {
    const known = open.get(name)
    if (known && (await store.erasing?.key(name)) !== known.key) {
      if (open.get(name) === known) open.delete(name)
      await known.thread.close()
      return find(name)
    }
    if (!known) {
      const mine = opening.get(name) ?? openOne(name).finally(() => opening.delete(name))
      opening.set(name, mine)
      return mine
    }
    open.delete(name)
    open.set(name, known)
    return known.study
  }

  return {
    all: () => [...open.values()].map(({ study }) => study),
    async get(name) {
      const isKnown = open.has(name)
      const study = await find(name)
      if (isKnown) await study.sync()
      return study
    },
    open: find,
    async openAll() {
      for (const name of (await store.list()).slice(0, MOST)) if (!isClosed) await find(name)
    },
    async close() {
      isClosed = true
      await Promise.all([...open.values()].map(({ thread }) => thread.close()))
    },
  }
}
