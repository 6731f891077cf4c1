import { best, describeFailures, summarize, type TrialRow } from '@parzen/core'
import { useMemo } from 'react'
import { Bars } from '../charts/bars.js'
import { HistoryChart } from '../charts/history-chart.js'
import { formatDuration, formatValue, percent } from '../controls/format.js'
import { Card, CopyButton, Empty, Link } from '../controls/parts.js'
import { read, studyPath } from '../live/api.js'
import { useFetched } from '../live/fetched.js'
import type { StudyPageProps } from './page.js'

export function OverviewPage({ name, live: { state }, shown }: StudyPageProps) {
  const summary = useMemo(() => summarize(state), [state])
  const found = best(state)?.trial.number
  const byFinish = useMemo(() => {
    const pass = new Set(shown.map((row) => row.number))
    const rows = new Map(shown.map((row) => [row.number, row]))
    return state.finished.flatMap(({ number }) => (pass.has(number) ? [rows.get(number) as TrialRow] : []))
  }, [shown, state])
  const objective = state.spec?.objectives[0] ?? { metric: 'value', direction: 'minimize' as const }
  const bestRow = found === undefined ? undefined : shown.find((row) => row.number === found)
  // what it says changes little with each trial, and costs something to find out
  const every = Math.max(5, Math.round(state.finished.length / 20))
  const key = `${name} ${Math.floor(state.finished.length / every)} ${state.ended ?? ''}`
  const analysis = useFetched(key, () => read('analysis', studyPath(name, '/analysis')))
  return (
    <div className="grid">
      <div className="tiles">
        <Tile label={`best ${objective.metric}`} value={summary.best ? formatValue(summary.best.value) : '–'} />
        <Tile
          label={summary.total === null ? 'trials done' : `of ${summary.total} trials done`}
          value={String(summary.finished)}
        />
        <Tile label="running now" value={String(summary.running)} />
        <Tile label="time spent" value={formatDuration(summary.busyMilliseconds)} />
        <Tile label="pruned, failed" value={`${summary.pruned}, ${summary.failed}`} />
      </div>
      <Card title={`${objective.metric} over the trials`} span="two">
        {byFinish.length === 0 ? (
          <Empty>No trial has finished yet.</Empty>
        ) : (
          <HistoryChart rows={byFinish} metric={objective.metric} direction={objective.direction} />
        )}
      </Card>
      <Card title="Best parameters" aside={bestRow && <Copies row={bestRow} />}>
        {bestRow ? (
          <Params row={bestRow} name={name} />
        ) : (
          <Empty>No complete trial yet, or it does not pass the filter.</Empty>
        )}
      </Card>
      <Card title="What matters">
        {analysis.value?.importances[0]?.parameters.length ? (
          <Bars
            rows={analysis.value.importances[0].parameters.map(({ name: label, top }) => ({ label, share: top }))}
            caption="share of what sets the best tenth apart"
          />
        ) : (
          <Empty>Too few complete trials to tell which parameters matter.</Empty>
        )}
      </Card>
      <Card title="More trials">
        {analysis.value?.gains?.length ? (
          <ul className="plain">
            {analysis.value.gains.map(({ trials, chance, expected }) => (
              <li key={trials}>
                <strong>{trials} more</strong>: a better one with a chance of {percent(chance)}, expected gain{' '}
                {formatValue(expected)}
              </li>
            ))}
            {analysis.value.reasonToStop && <li className="dim">{analysis.value.reasonToStop}</li>}
          </ul>
        ) : (
          <Empty>Ten complete trials are needed to say what more of them would bring.</Empty>
        )}
      </Card>
      {(summary.failed > 0 || state.ended !== undefined || analysis.value?.falseStops) && (
        <Card title="Notes">
          <ul className="plain">
            {state.ended !== undefined && <li>ended: {state.ended}</li>}
            {summary.failed > 0 && (
              <li>
                {summary.failed} failed ({describeFailures(summary.failures)}){' '}
                <Link to={{ study: name, page: 'trials', filter: 'state = failed' }}>show them</Link>
              </li>
            )}
            {analysis.value?.falseStops && (
              <li>
                {analysis.value.falseStops.pruned} pruned; of {analysis.value.falseStops.spared} let through,{' '}
                {analysis.value.falseStops.good} ended among the best tenth
              </li>
            )}
          </ul>
        </Card>
      )}
    </div>
  )
}

function Tile({ label, value }: { label: string; value: string }) {
  return (
    <div className="tile">
      <span className="value">{value}</span>
      <span className="label">{label}</span>
    </div>
  )
}

function Params({ row, name }: { row: TrialRow; name: string }) {
  return (
    <>
      <dl className="params">
        {Object.entries(row.params).map(([parameter, value]) => (
          <div key={parameter}>
            <dt>{parameter}</dt>
            <dd title={String(value)}>{formatValue(value)}</dd>
          </div>
        ))}
      </dl>
      <p>
        <Link to={{ study: name, page: 'trial', trial: String(row.number) }}>trial {row.number}</Link>
      </p>
    </>
  )
}

function Copies({ row }: { row: TrialRow }) {
  const args = Object.entries(row.params)
    .map(([parameter, value]) => `--${parameter}=${String(value)}`)
    .join(' ')
  return (
    <span className="buttons">
      <CopyButton label="copy as JSON" text={JSON.stringify(row.nested, null, 2)} />
      <CopyButton label="as arguments" text={args} />
    </span>
  )
}
