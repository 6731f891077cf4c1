import { useEffect, useState } from 'react'
import { ApiError } from './api.js'

/** What `get` gives, again each time `key` changes; the last answer is shown until the next one is there. */
export function useFetched<T>(key: string, get: () => Promise<T>): { readonly value?: T; readonly error?: ApiError } {
  const [state, setState] = useState<{ readonly value?: T; readonly error?: ApiError }>({})
  // biome-ignore lint/correctness/useExhaustiveDependencies: `get` is made anew at each drawing; `key` says what it gets
  useEffect(() => {
    let isOver = false
    get().then(
      (value) => !isOver && setState({ value }),
      (error: unknown) =>
        !isOver && setState({ error: error instanceof ApiError ? error : new ApiError(0, String(error)) }),
    )
    return () => {
      isOver = true
    }
  }, [key])
  return state
}
