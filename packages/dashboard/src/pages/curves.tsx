import type { StudySpec, TrialRow } from '@parzen/core'
import { useCallback, useMemo, useRef, useState } from 'react'
import { type Group, groupsOf, repeatsOf } from '../charts/curve-groups.js'
import type { Hover } from '../charts/curve-keys.js'
import type { Range } from '../charts/curves.js'
import { CurveMarks } from '../charts/legend.js'
import { categoryColour, rampColour, shadingBy } from '../charts/shading.js'
import { Empty, Failure } from '../controls/parts.js'
import { read, studyPath } from '../live/api.js'
import { useFetched } from '../live/fetched.js'
import { change, useAddress } from '../state/address.js'
import { useChosen } from '../state/chosen.js'
import { cell } from '../state/filter.js'
import { CurvesPanel } from './curves-panel.js'
import { CurvesToolbar } from './curves-toolbar.js'
import { matching, readCurvesView } from './curves-view.js'
import type { StudyPageProps } from './page.js'
import './curves.css'

/** Lines in a picture; of more trials the latest. */
const MOST_TRIALS = 2000
/** Different colours: lines of one are drawn at once. */
const SHADES = 32
const NO_VALUE = '#8b93a0'
/** Panels before one is asked for more. */
const MOST_PANELS = 12

/** Curves of all metrics whose names match, a panel each; one place pointed at, one stretch zoomed into, in all of them. */
export function CurvesPage({ name, live: { state }, rows, shown }: StudyPageProps) {
  const address = useAddress()
  const view = useMemo(() => readCurvesView(address), [address])
  const { chosen, toggle } = useChosen()
  const [hover, setHover] = useState<Hover>()
  const [most, setMost] = useState(MOST_PANELS)
  const objectives = useMemo(() => state.spec?.objectives.map(({ metric }) => metric) ?? [], [state.spec])
  // a name may come later: looked at again as trials end
  const key = `${name} ${Math.floor(state.finished.length / 20)} ${state.finished.length > 0}`
  const names = useFetched(key, () => read('curves', studyPath(name, '/curves?points=4&limit=1')))
  const { found, problem } = matching([...new Set([...objectives, ...(names.value?.metrics ?? [])])], view.metrics)
  const wanted = useWanted(shown)
  // biome-ignore lint/correctness/useExhaustiveDependencies: only the values of the wanted ones matter, and these stay
  const groups = useMemo(() => groupsBy(view.group, shown), [view.group, wanted, state.finished.length])
  // biome-ignore lint/correctness/useExhaustiveDependencies: values come with the trials that end
  const colourOf = useMemo(
    () => (groups ? colourOfGroups(groups) : colourOfRanks(rows, state.spec)),
    [groups, state.finished.length, state.spec],
  )
  const latest = useRef(rows)
  latest.current = rows
  // biome-ignore lint/correctness/useExhaustiveDependencies: drawn anew only where a trial has come or gone
  const stateOf = useCallback(
    (trial: number) => latest.current[trial]?.state ?? 'complete',
    [state.finished.length, state.running.size],
  )
  if (rows.length === 0) return <Empty>No trial has started yet; curves show up here as soon as one reports.</Empty>
  if (shown.length === 0) return <Empty>No trial passes the filter.</Empty>
  return (
    <>
      <CurvesToolbar view={view} spec={state.spec} problem={problem} />
      {names.error && <Failure error={names.error} />}
      <Legend
        groups={groups}
        by={view.group}
        metric={objectives[0] ?? 'value'}
        hasForks={shown.some(({ parent }) => parent !== null)}
      />
      {shown.length > wanted.length && (
        <p className="dim">
          The latest {wanted.length} of {shown.length} trials are drawn; the filter picks others.
        </p>
      )}
      {found.length === 0 && names.value && <Empty>No metric has a name like {view.metrics}.</Empty>}
      <div className={found.length === 1 ? 'panels one' : 'panels'}>
        {found.slice(0, most).map((metric) => (
          <CurvesPanel
            key={metric}
            {...{ name, state, metric, rows, wanted, view, groups, colourOf, stateOf, chosen, hover }}
            isGreaterBetter={state.spec?.objectives.find((one) => one.metric === metric)?.direction === 'maximize'}
            isOne={found.length === 1}
            onHover={setHover}
            onPick={toggle}
            onZoom={zoomTo}
          />
        ))}
      </div>
      {found.length > most && (
        <button type="button" onClick={() => setMost(most + MOST_PANELS)}>
          {found.length - most} more metrics
        </button>
      )}
    </>
  )
}

function zoomTo(zoom: Range | undefined): void {
  change({ zoom: zoom ? zoom.map((end) => Number(end.toPrecision(13))).join(',') : '' }, { replace: true })
}

/** Numbers of the trials to draw, the same list as long as it holds the same. */
function useWanted(shown: readonly TrialRow[]): readonly number[] {
  const numbers = shown.slice(-MOST_TRIALS).map(({ number }) => number)
  const text = numbers.join(',')
  // biome-ignore lint/correctness/useExhaustiveDependencies: `text` says what is in `numbers`
  return useMemo(() => numbers, [text])
}

function groupsBy(by: string, rows: readonly TrialRow[]): readonly Group[] | undefined {
  if (by === '') return undefined
  return by === 'repeats' ? repeatsOf(rows) : groupsOf(rows, (row) => cell(row, by))
}

/** Of one trial the same in all panels: by the rank of its objective; grey without a value. */
function colourOfRanks(rows: readonly TrialRow[], spec: StudySpec | undefined) {
  const shading = shadingBy(spec?.objectives[0]?.metric ?? 'value', rows, spec)
  const places = new Map(rows.map((row) => [row.number, shading.at(row)]))
  return (trial: number, isDark: boolean): string => {
    const place = places.get(trial)
    return place === undefined ? NO_VALUE : rampColour(Math.round(place * SHADES) / SHADES, isDark)
  }
}

function colourOfGroups(groups: readonly Group[]): (trial: number, isDark: boolean) => string {
  const groupOf = new Map(groups.flatMap(({ trials }, i) => [...trials].map((trial) => [trial, i])))
  return (trial, isDark) => {
    const group = groupOf.get(trial)
    return group === undefined ? NO_VALUE : categoryColour(group, isDark)
  }
}

function Legend({
  groups,
  by,
  metric,
  hasForks,
}: {
  groups: readonly Group[] | undefined
  by: string
  metric: string
  hasForks: boolean
}) {
  const isDark = matchMedia('(prefers-color-scheme: dark)').matches
  if (groups?.length === 0)
    return <Empty>No setting was tried twice; `parzen enqueue --best --repeat 3` does that with the best.</Empty>
  if (groups) {
    return (
      <div className="legend">
        <span>{by === 'repeats' ? 'same parameters' : by}:</span>
        {groups.map(({ label, trials }, i) => (
          <span key={label}>
            <i className="swatch" style={{ background: categoryColour(i, isDark) }} />
            {label} <span className="dim">({trials.size})</span>
          </span>
        ))}
        <CurveMarks hasForks={hasForks} />
      </div>
    )
  }
  const stops = Array.from({ length: 9 }, (_, i) => rampColour(i / 8, isDark)).join(', ')
  return (
    <div className="legend">
      <span>
        {metric}: best
        <i className="swatch ramp" style={{ background: `linear-gradient(to right, ${stops})` }} />
        worst
      </span>
      <span>
        <i className="swatch" style={{ background: NO_VALUE }} />
        not complete
      </span>
      <CurveMarks hasForks={hasForks} />
    </div>
  )
}
