import { useEffect, useState } from 'react'
import { ApiError, read, studyPath } from '../../live/api.js'

export type Stream = 'stdout' | 'stderr'

const AGAIN_MILLISECONDS = 1000
/** Kept in the page, and read at first. */
const MOST = 1_048_576

interface Shown {
  readonly text?: string
  /** False if the beginning is left out. */
  readonly isWhole: boolean
  readonly error?: ApiError
}

/** The log of an attempt: its last part, and, while it is written, what is new, which alone is read. */
export function useLog(
  name: string,
  { trial, attempt, stream, isLive }: { trial: number; attempt: number; stream: Stream; isLive: boolean },
): Shown {
  const [shown, setShown] = useState<Shown>({ isWhole: true })
  useEffect(() => {
    let isOver = false
    let to: number | undefined
    let [kept, isWhole] = ['', true]
    const path = studyPath(name, `/trials/${trial}/attempts/${attempt}/logs/${stream}?most=${MOST}`)
    const again = async () => {
      try {
        const part = await read('log', `${path}&from=${to ?? -MOST}`)
        if (isOver) return
        if (to === undefined) isWhole = part.from === 0
        if (part.to === to) return
        to = part.to
        if (kept.length + part.text.length > MOST) isWhole = false
        kept = (kept + part.text).slice(-MOST)
        setShown({ text: kept, isWhole })
      } catch (error) {
        if (!isOver)
          setShown({ isWhole: true, error: error instanceof ApiError ? error : new ApiError(0, String(error)) })
      }
    }
    again()
    const timer = isLive ? setInterval(() => document.hidden || again(), AGAIN_MILLISECONDS) : undefined
    return () => {
      isOver = true
      clearInterval(timer)
    }
  }, [name, trial, attempt, stream, isLive])
  return shown
}
