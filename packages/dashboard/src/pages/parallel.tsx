import type { TrialRow } from '@parzen/core'
import { useCallback, useMemo } from 'react'
import { metricAxis, parameterAxis } from '../charts/axis.js'
import { ParallelCoordinates } from '../charts/parallel-coordinates.js'
import { Card, Empty } from '../controls/parts.js'
import { change, useAddress } from '../state/address.js'
import { narrowed } from '../state/filter-terms.js'
import type { StudyPageProps } from './page.js'

export function ParallelPage({ live: { state }, rows, shown }: StudyPageProps) {
  const { filter = '' } = useAddress()
  const { metric, direction } = state.spec?.objectives[0] ?? { metric: 'value', direction: 'minimize' }
  const complete = useMemo(() => rows.filter((row) => row.values), [rows])
  const places = useMemo(() => ranks(complete, direction === 'maximize'), [complete, direction])
  const axes = useMemo(
    () => [
      ...Object.entries(state.spec?.space ?? {}).map(([name, parameter]) => parameterAxis(name, parameter)),
      metricAxis(
        metric,
        complete.map((row) => row.values?.[0] as number),
      ),
    ],
    [state.spec, metric, complete],
  )
  const pass = useMemo(() => new Set(shown.map((row) => row.number)), [shown])
  const shade = useCallback((row: TrialRow) => places.get(row.number), [places])
  if (complete.length === 0) return <Empty>No trial is complete yet.</Empty>
  return (
    <Card
      title="All parameters at once"
      aside={
        filter !== '' && (
          <button type="button" onClick={() => change({ filter: '' })}>
            clear the filter
          </button>
        )
      }
    >
      <p className="dim">
        A line a complete trial, blue the best. Drag along an axis to keep only what passes there; every page follows.
      </p>
      <ParallelCoordinates
        rows={complete}
        shown={pass}
        axes={axes}
        shade={shade}
        onBrush={(name, condition) => change({ filter: narrowed(filter, name, condition) })}
      />
    </Card>
  )
}

/** By trial: 0 the best … 1 the worst, by rank, so that one bad run does not take all the colours. */
function ranks(rows: readonly TrialRow[], isGreaterBetter: boolean): ReadonlyMap<number, number> {
  const sorted = rows.toSorted((a, b) => {
    const [x, y] = [a.values?.[0] ?? 0, b.values?.[0] ?? 0]
    return isGreaterBetter ? y - x : x - y
  })
  return new Map(sorted.map((row, i) => [row.number, i / Math.max(1, sorted.length - 1)]))
}
