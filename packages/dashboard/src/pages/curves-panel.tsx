import type { StudyState, TrialRow } from '@parzen/core'
import { useEffect, useMemo, useRef, useState } from 'react'
import type { Group } from '../charts/curve-groups.js'
import type { Hover } from '../charts/curve-keys.js'
import type { Curve, Range } from '../charts/curves.js'
import { CurvesChart } from '../charts/curves-chart.js'
import { TrialTip } from '../charts/trial-tip.js'
import { formatValue } from '../controls/format.js'
import { Card, Empty, Failure, Link, Scroll } from '../controls/parts.js'
import { useLiveCurves } from '../live/live-curves.js'
import { type CurvesView, pointsFor } from './curves-view.js'

const HEIGHT = { one: 480, many: 260 } as const
const MOST_IN_TABLE = 100

interface PanelProps {
  readonly name: string
  readonly state: StudyState
  readonly metric: string
  readonly rows: readonly TrialRow[]
  readonly wanted: readonly number[]
  readonly view: CurvesView
  readonly groups: readonly Group[] | undefined
  readonly colourOf: ((trial: number, isDark: boolean) => string) | undefined
  readonly stateOf: (trial: number) => string
  readonly chosen: ReadonlySet<number>
  readonly isGreaterBetter: boolean
  readonly isOne: boolean
  readonly hover: Hover | undefined
  readonly onHover: (hover: Hover | undefined) => void
  readonly onPick: (trial: number) => void
  readonly onZoom: (zoom: Range | undefined) => void
}

/** One metric. Its curves are read once it comes into view. */
export function CurvesPanel(props: PanelProps) {
  const place = useRef<HTMLDivElement>(null)
  const isSeen = useSeen(place)
  return (
    <div ref={place} className="panel">
      {isSeen ? <Curves {...props} /> : <Card title={props.metric}>{null}</Card>}
    </div>
  )
}

function Curves({ name, state, metric, rows, wanted, view, groups, isOne, ...rest }: PanelProps) {
  // asked for once: thousands of curves are not read anew because the window has become wider
  const [points] = useState(() => pointsFor(wanted.length, isOne ? innerWidth : innerWidth / 2))
  const { value, error } = useLiveCurves(name, metric, { state, wanted, points })
  const curves = useMemo(() => {
    const numbers = new Set(wanted)
    return value?.curves.filter(({ trial }) => numbers.has(trial))
  }, [value, wanted])
  return (
    <Card title={metric} aside={curves && <span className="dim">{curves.length} curves</span>}>
      {error && <Failure error={error} />}
      {!curves && !error && <Empty>reading the curves …</Empty>}
      {curves?.length === 0 && <Empty>These trials have reported nothing of {metric}.</Empty>}
      {curves && curves.length > 0 && (
        <>
          <CurvesChart
            curves={curves}
            metric={metric}
            height={HEIGHT[isOne ? 'one' : 'many']}
            tip={(trial) => {
              const row = rows[trial]
              return row && <TrialTip row={row} spec={state.spec} />
            }}
            {...view}
            {...(groups ? { groups } : {})}
            {...rest}
          />
          <CurvesTable
            name={name}
            curves={curves.filter(({ steps }) => steps.length > 0)}
            rows={rows}
            isGreaterBetter={rest.isGreaterBetter}
          />
        </>
      )}
    </Card>
  )
}

/** The same in words, the best first. */
function CurvesTable({
  name,
  curves,
  rows,
  isGreaterBetter,
}: {
  name: string
  curves: readonly Curve[]
  rows: readonly TrialRow[]
  isGreaterBetter: boolean
}) {
  const [isOpen, setOpen] = useState(false)
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>as a table</summary>
      {isOpen && (
        <Scroll label="curves as a table">
          <table className="curves-table">
            <thead>
              <tr>
                {['trial', 'state', 'last', 'least', 'greatest', 'last step'].map((title) => (
                  <th key={title} scope="col">
                    {title}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {ordered(curves, isGreaterBetter).map(({ trial, steps, values }) => (
                <tr key={trial}>
                  <th scope="row">
                    <Link to={{ study: name, page: 'trial', trial: String(trial) }}>{trial}</Link>
                  </th>
                  <td>{rows[trial]?.state}</td>
                  <td>{formatValue(values.at(-1))}</td>
                  <td>{formatValue(Math.min(...values))}</td>
                  <td>{formatValue(Math.max(...values))}</td>
                  <td>{formatValue(steps.at(-1))}</td>
                </tr>
              ))}
            </tbody>
          </table>
          {curves.length > MOST_IN_TABLE && <p className="dim">and {curves.length - MOST_IN_TABLE} more</p>}
        </Scroll>
      )}
    </details>
  )
}

function ordered(curves: readonly Curve[], isGreaterBetter: boolean): readonly Curve[] {
  const sign = isGreaterBetter ? -1 : 1
  const last = ({ values }: Curve) => sign * (values.at(-1) ?? Infinity)
  return curves.toSorted((a, b) => last(a) - last(b)).slice(0, MOST_IN_TABLE)
}

function useSeen(place: { readonly current: HTMLElement | null }): boolean {
  const [isSeen, setSeen] = useState(false)
  useEffect(() => {
    if (!place.current) return
    const observer = new IntersectionObserver(
      (entries) => entries.some(({ isIntersecting }) => isIntersecting) && setSeen(true),
      { rootMargin: '200px' },
    )
    observer.observe(place.current)
    return () => observer.disconnect()
  }, [place])
  return isSeen
}
