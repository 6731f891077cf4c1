import { best, knee, observations, paretoFront, type StudyState, summarize, type TrialRow } from '@parzen/core'
import { useMemo } from 'react'
import { formatDuration, formatValue } from '../controls/format.js'
import { useAnalysis } from '../live/analysis.js'
import { BestParameters } from './overview/best-parameters.js'
import { Budget } from './overview/budget.js'
import { Failures } from './overview/failures.js'
import { Fronts } from './overview/front.js'
import { Gains } from './overview/gains.js'
import { History } from './overview/history.js'
import { Importance } from './overview/importance.js'
import { Timeline } from './overview/timeline.js'
import './overview.css'
import type { StudyPageProps } from './page.js'

/** How a study goes, at a glance. What the server has to work out comes later than the pictures. */
export function OverviewPage({ name, live: { state }, shown }: StudyPageProps) {
  const summary = useMemo(() => summarize(state), [state])
  const { value: analysis } = useAnalysis(name, state)
  const isOne = (state.spec?.objectives.length ?? 1) === 1
  const found = useMemo(() => bestOf(state), [state])
  return (
    <div className="grid">
      <div className="tiles">
        <Tile label={`best ${summary.metric}`} value={summary.best ? formatValue(summary.best.value) : '–'} />
        <Tile
          label={summary.total === null ? 'trials done' : `of ${summary.total} trials done`}
          value={String(summary.finished)}
        />
        <Tile label="running now" value={String(summary.running)} />
        <Tile label="time spent" value={formatDuration(summary.busyMilliseconds)} />
        <Tile label="pruned, failed" value={`${summary.pruned}, ${summary.failed}`} />
        {(state.spec?.constraints || summary.infeasible > 0) && (
          <Tile label="infeasible" value={String(summary.infeasible)} />
        )}
      </div>
      {!isOne && <Fronts state={state} shown={shown} front={analysis?.front} />}
      <History state={state} shown={shown} />
      <BestParameters row={rowOf(shown, found)} name={name} what={isOne ? '' : 'the knee of the front'} />
      <Importance name={name} spec={state.spec} analysis={analysis} />
      {isOne && <Gains metric={summary.metric} analysis={analysis} />}
      <Budget state={state} summary={summary} />
      <Timeline state={state} shown={shown} />
      <Failures name={name} spec={state.spec} shown={shown} falseStops={analysis?.falseStops} />
    </div>
  )
}

/** By number: of one objective the best, of several the knee of the front, or its first. */
function bestOf(state: StudyState): number | undefined {
  if (state.spec?.objectives.length === 1) return best(state)?.trial.number
  const front = paretoFront(observations(state))
  return (knee(front) ?? front[0])?.trial
}

/** `shown` is by number, but may have gaps. */
function rowOf(shown: readonly TrialRow[], number: number | undefined): TrialRow | undefined {
  return number === undefined ? undefined : shown.find((row) => row.number === number)
}

function Tile({ label, value }: { label: string; value: string }) {
  return (
    <div className="tile">
      <span className="value">{value}</span>
      <span className="label">{label}</span>
    </div>
  )
}
