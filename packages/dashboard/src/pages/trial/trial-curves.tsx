import type { StudyState, TrialRow } from '@parzen/core'
import { useCallback, useMemo, useState } from 'react'
import type { Hover } from '../../charts/curve-keys.js'
import { CurvesChart } from '../../charts/curves-chart.js'
import { categoryColour } from '../../charts/shading.js'
import { Card } from '../../controls/parts.js'
import { read, studyPath } from '../../live/api.js'
import { useFetched } from '../../live/fetched.js'
import { useLiveCurves } from '../../live/live-curves.js'

/** Other trials drawn behind for comparison. */
const MOST_OTHERS = 100
const POINTS = 200
const OTHERS = '#8b93a055'

/** All that a trial has reported, each metric in front of the study's middle 80 %; what the machine did without these. */
export function TrialCurves({ name, state, row }: { name: string; state: StudyState; row: TrialRow }) {
  const turn = row.finishedAt === null ? Math.floor(state.version / 20) : 'over'
  const names = useFetched(`${name} ${row.number} ${turn}`, () =>
    read('curves', studyPath(name, `/curves?trials=${row.number}&points=4`)),
  )
  const [hover, setHover] = useState<Hover>()
  const objectives = state.spec?.objectives.map(({ metric }) => metric) ?? []
  const metrics = (names.value?.metrics ?? []).toSorted(
    (a, b) => Number(objectives.includes(b)) - Number(objectives.includes(a)),
  )
  if (metrics.length === 0) return null
  return (
    <Card title="Curves" span="all" aside={<span className="dim">{asideText(row)}</span>}>
      <div className="trial-curves">
        {metrics.map((metric) => (
          <One key={metric} {...{ name, state, row, metric, hover }} onHover={setHover} />
        ))}
      </div>
    </Card>
  )
}

function asideText({ parent }: TrialRow): string {
  const behind = 'behind: the middle 80 % of the study'
  return parent === null ? behind : `dashed: before it was forked, ○; ${behind}`
}

function One({
  name,
  state,
  row: { number },
  metric,
  ...pointing
}: {
  name: string
  state: StudyState
  row: TrialRow
  metric: string
  hover: Hover | undefined
  onHover: (hover: Hover | undefined) => void
}) {
  const isSystem = metric.startsWith('system/')
  // those that had finished when it was opened: the ground stays quiet
  const [others] = useState(() => (isSystem ? [] : state.finished.slice(-MOST_OTHERS).map((trial) => trial.number)))
  const wanted = useMemo(() => [...new Set([...others, number])], [others, number])
  const { value } = useLiveCurves(name, metric, { state, wanted, points: POINTS })
  const chosen = useMemo(() => new Set([number]), [number])
  const groups = useMemo(() => (others.length > 1 ? [{ label: 'the study', trials: new Set(others) }] : []), [others])
  const curves = useMemo(
    () => value?.curves.filter(({ trial }) => !isSystem || trial === number),
    [value, isSystem, number],
  )
  const colourOf = useCallback(
    (trial: number, isDark: boolean) => (trial === number ? categoryColour(1, isDark) : OTHERS),
    [number],
  )
  if (!curves?.some(({ trial }) => trial === number)) return null
  return (
    <section aria-label={metric}>
      <h3>{metric}</h3>
      <CurvesChart
        curves={curves}
        metric={metric}
        height={220}
        isGreaterBetter={state.spec?.objectives.find((one) => one.metric === metric)?.direction === 'maximize'}
        colourOf={colourOf}
        chosen={chosen}
        groups={groups}
        band="quantiles"
        {...pointing}
      />
    </section>
  )
}
