import { useState } from 'react'
import { ApiError } from '../live/api.js'

/** Something that is asked of the server, and what is to be said of it. */
export interface Action {
  /** What came of it, or what went wrong, with what to do about it. */
  readonly said: string
  readonly isBusy: boolean
  /** @returns what the server said; undefined if it refused. */
  readonly ask: <T>(work: Promise<T>, done: string | ((result: T) => string)) => Promise<T | undefined>
}

export function useAction(): Action {
  const [said, setSaid] = useState('')
  const [isBusy, setBusy] = useState(false)
  return {
    said,
    isBusy,
    async ask(work, done) {
      setBusy(true)
      try {
        const result = await work
        setSaid(typeof done === 'function' ? done(result) : done)
        return result
      } catch (error) {
        setSaid(describe(error))
        return undefined
      } finally {
        setBusy(false)
      }
    },
  }
}

function describe(error: unknown): string {
  if (error instanceof ApiError) return error.hint ? `${error.message}. ${error.hint}` : error.message
  return String(error)
}
