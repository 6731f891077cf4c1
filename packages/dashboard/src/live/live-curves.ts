import type { StudyState, TrialRecord } from '@parzen/core'
import { useEffect, useRef, useState } from 'react'
import type { Curve } from '../charts/curves.js'
import { ApiError, read, studyPath } from './api.js'

/** Curves asked for in one call; their numbers must fit into an address. */
const MOST_NUMBERS = 700
/** All of a study in one call, if it has no more. */
const MOST_AT_ONCE = 2000
const AGAIN_MILLISECONDS = 1000

export interface LiveCurves {
  readonly curves: readonly Curve[]
  /** Metrics that these trials have reported. */
  readonly metrics: readonly string[]
}

/**
 * Curves of one metric of the wanted trials. Each is read once, and again while its trial runs or after it has changed: a study that
 * runs costs a call a second for the few that do.
 * @param points of each curve at most
 */
export function useLiveCurves(
  name: string,
  metric: string,
  {
    state,
    wanted,
    points,
  }: { readonly state: StudyState; readonly wanted: readonly number[]; readonly points: number },
): { readonly value?: LiveCurves; readonly error?: ApiError } {
  const [shown, setShown] = useState<{ readonly value?: LiveCurves; readonly error?: ApiError }>({})
  const now = useRef({ state, wanted })
  now.current = { state, wanted }
  const look = useRef<(() => void) | undefined>(undefined)
  useEffect(() => {
    setShown({})
    const known = new Map<number, { readonly record: TrialRecord; readonly curve?: Curve }>()
    const metrics = new Set<string>()
    let isOver = false
    let isBusy = false
    const again = async () => {
      if (isBusy || document.hidden) return
      const { trials } = now.current.state
      const missing = now.current.wanted.filter((number) => isStale(known.get(number)?.record, trials[number]))
      if (missing.length === 0) return
      isBusy = true
      try {
        for (const path of pathsOf(name, metric, { missing, total: trials.length, points })) {
          const reply = await read('curves', path.path)
          for (const one of reply.metrics) metrics.add(one)
          const curves = new Map(reply.curves.map((curve) => [curve.trial, curve]))
          for (const number of path.trials) {
            const [record, curve] = [trials[number] as TrialRecord, curves.get(number)]
            known.set(number, curve ? { record, curve } : { record })
          }
        }
        if (!isOver) setShown({ value: { curves: curvesOf(known), metrics: [...metrics].sort() } })
      } catch (error) {
        if (!isOver)
          setShown((old) => ({ ...old, error: error instanceof ApiError ? error : new ApiError(0, String(error)) }))
      }
      isBusy = false
    }
    look.current = again
    again()
    const timer = setInterval(again, AGAIN_MILLISECONDS)
    return () => {
      isOver = true
      clearInterval(timer)
    }
  }, [name, metric, points])
  // biome-ignore lint/correctness/useExhaustiveDependencies: others are wanted
  useEffect(() => {
    look.current?.()
  }, [wanted])
  return shown
}

/** The fold makes a new record at each change but reports, which only a running trial has. */
function isStale(known: TrialRecord | undefined, now: TrialRecord | undefined): boolean {
  return now !== undefined && (known !== now || now.state === 'running')
}

/** What to call for the curves that are missing, and which trials each call answers. */
function pathsOf(
  name: string,
  metric: string,
  { missing, total, points }: { missing: readonly number[]; total: number; points: number },
): { readonly path: string; readonly trials: readonly number[] }[] {
  const path = studyPath(name, `/curves?metric=${encodeURIComponent(metric)}&points=${points}&limit=${MOST_AT_ONCE}`)
  if (missing.length > MOST_NUMBERS && total <= MOST_AT_ONCE) return [{ path, trials: missing }]
  const calls = Math.ceil(missing.length / MOST_NUMBERS)
  return Array.from({ length: calls }, (_, i) => {
    const trials = missing.slice(i * MOST_NUMBERS, (i + 1) * MOST_NUMBERS)
    return { path: `${path}&trials=${trials.join(',')}`, trials }
  })
}

function curvesOf(known: ReadonlyMap<number, { readonly curve?: Curve }>): Curve[] {
  return [...known.values()].flatMap(({ curve }) =>
    curve && (curve.steps.length > 0 || curve.inherited) ? [curve] : [],
  )
}
