import type { StudySpec } from '@parzen/core'
import { useEffect, useState } from 'react'
import { ApiError, read, send } from '../live/api.js'
import { type SweepProblem, sweepProblems } from '../state/problems.js'

/** What the server says of the text of a sweep file. */
export interface Checked {
  /** The text that was checked. */
  readonly text: string
  readonly problems: readonly SweepProblem[]
  readonly spec: StudySpec | null
  /** A study of this name is there: it would be edited and go on. */
  readonly isThere: boolean
  readonly error?: ApiError
}

const PAUSE_MILLISECONDS = 250

/** Checks the text by the server whenever typing pauses; the last answer stays until the next. */
export function useChecked(text: string): Checked | undefined {
  const [checked, setChecked] = useState<Checked>()
  useEffect(() => {
    let isOver = false
    const timer = setTimeout(async () => {
      const answer = await check(text)
      if (!isOver) setChecked(answer)
    }, PAUSE_MILLISECONDS)
    return () => {
      isOver = true
      clearTimeout(timer)
    }
  }, [text])
  return checked
}

async function check(text: string): Promise<Checked> {
  try {
    const { problems, spec } = await send('check', '/sweeps/check', { text })
    return { text, problems: sweepProblems(problems), spec, isThere: spec !== null && (await isThere(spec.name)) }
  } catch (error) {
    const problem = error instanceof ApiError ? error : new ApiError(0, String(error))
    return { text, problems: [], spec: null, isThere: false, error: problem }
  }
}

async function isThere(name: string): Promise<boolean> {
  // asked for by its name, one that is not there would be an error
  const lists = await Promise.all(
    ['false', 'true'].map((deleted) => read('studies', `/studies?limit=1000&deleted=${deleted}`)),
  )
  return lists.some(({ studies }) => studies.some(({ study }) => study === name))
}
