import { apply, restore, type StudyEvent, type StudyState } from '@parzen/core'
import { useEffect, useState } from 'react'
import { ApiError, read, studyPath } from './api.js'
import { report } from './report.js'

/** A study as it is now: the server's snapshot, and after it every event of its journal, folded by the core's own `apply`. */
export interface LiveStudy {
  /** Another object after each change. */
  readonly state: StudyState
  /** The stream is broken and being opened again; what is shown may be old. */
  readonly isLate: boolean
}

export type Loaded = { readonly live: LiveStudy } | { readonly error: ApiError } | 'loading'

export function useLiveStudy(name: string): Loaded {
  const [loaded, setLoaded] = useState<Loaded>('loading')
  useEffect(() => {
    setLoaded('loading')
    return follow(name, setLoaded)
  }, [name])
  return loaded
}

/** @returns what ends it. */
function follow(name: string, show: (loaded: Loaded) => void): () => void {
  let isOver = false
  let stream: EventSource | undefined
  let frame = 0
  let isLate = false
  const begin = async () => {
    const state = restore(await read('snapshot', studyPath(name, '/snapshot')))
    if (isOver) return
    const draw = () => {
      frame = 0
      // another object each time: the fold changes the state in place
      show({ live: { state: { ...state }, isLate } })
    }
    // events come in hundreds a second; eyes see one picture a frame
    const changed = () => {
      frame ||= requestAnimationFrame(draw)
    }
    draw()
    if (report) return
    stream = new EventSource(`/api/v1${studyPath(name, '/stream')}?after=${state.version}`)
    stream.onmessage = ({ data, lastEventId }) => {
      const events = JSON.parse(data as string) as StudyEvent[]
      // after a reconnection some may come again
      const known = state.version - (Number(lastEventId) - events.length)
      for (const event of events.slice(Math.max(0, known))) apply(state, event)
      isLate = false
      changed()
    }
    stream.onopen = () => {
      isLate = false
      changed()
    }
    stream.onerror = () => {
      isLate = true
      changed()
    }
  }
  begin().catch((error: unknown) => {
    if (!isOver) show({ error: error instanceof ApiError ? error : new ApiError(0, String(error)) })
  })
  return () => {
    isOver = true
    stream?.close()
    cancelAnimationFrame(frame)
  }
}
