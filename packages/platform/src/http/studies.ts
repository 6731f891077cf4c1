import { findStudy, type Store, type Study } from '@parzen/core'

/** Studies kept open, so that a call reads only what is new since the last one. */
export interface OpenStudies {
  /** As of now. @throws ParzenError `study/unknown`. */
  get(name: string): Promise<Study>
}

/** Folded studies are kept for the next call; of more than these the one that was not asked for longest is let go. */
const MOST = 50

export function openStudies(store: Store, worker: string): OpenStudies {
  const open = new Map<string, Study>()
  return {
    async get(name) {
      const known = open.get(name)
      if (known) {
        open.delete(name)
        open.set(name, known)
        await known.sync()
        return known
      }
      const found = await findStudy(store, name, { worker })
      const first = open.get(name)
      if (first) return first
      open.set(name, found)
      if (open.size > MOST) open.delete(open.keys().next().value as string)
      return found
    },
  }
}
