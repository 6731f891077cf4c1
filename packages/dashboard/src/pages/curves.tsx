import { useMemo } from 'react'
import { CurvesChart } from '../charts/curves-chart.js'
import { Card, Empty, Failure } from '../controls/parts.js'
import { read, studyPath } from '../live/api.js'
import { useFetched } from '../live/fetched.js'
import { change, useAddress } from '../state/address.js'
import type { StudyPageProps } from './page.js'

const MOST = 300

export function CurvesPage({ name, live: { state }, rows, shown }: StudyPageProps) {
  const { metric: chosen, log = '', smooth = '0' } = useAddress()
  const objective = state.spec?.objectives[0]
  const metric = chosen ?? objective?.metric ?? 'value'
  const latest = useMemo(() => shown.slice(-MOST).map((row) => row.number), [shown])
  const numbers = shown.length === rows.length ? '' : `&trials=${latest.join(',')}`
  // while it runs: with each trial that ends, and every so many reports
  const key = `${name} ${metric} ${numbers} ${state.finished.length} ${Math.floor(state.version / 50)}`
  const path = studyPath(name, `/curves?metric=${encodeURIComponent(metric)}&limit=${MOST}${numbers}`)
  const { value, error } = useFetched(key, () => read('curves', path))
  if (shown.length === 0) return <Empty>No trial passes the filter.</Empty>
  const names = value?.metrics.includes(metric) === false ? [metric, ...value.metrics] : (value?.metrics ?? [metric])
  return (
    <Card
      title={`${metric} by step`}
      aside={
        <span className="buttons">
          <label>
            metric{' '}
            <select value={metric} onChange={(event) => change({ metric: event.target.value }, { replace: true })}>
              {names.map((one) => (
                <option key={one}>{one}</option>
              ))}
            </select>
          </label>
          <label>
            smooth{' '}
            <input
              type="range"
              min="0"
              max="0.95"
              step="0.05"
              value={smooth}
              onChange={(event) => change({ smooth: event.target.value }, { replace: true })}
            />
          </label>
          <button
            type="button"
            aria-pressed={log === 'yes'}
            onClick={() => change({ log: log === 'yes' ? '' : 'yes' }, { replace: true })}
          >
            log
          </button>
        </span>
      }
    >
      {error && <Failure error={error} />}
      {value?.curves.length === 0 && <Empty>These trials have reported nothing of {metric}.</Empty>}
      {value && value.curves.length > 0 && (
        <CurvesChart
          curves={value.curves}
          metric={metric}
          isLog={log === 'yes'}
          smoothing={Number(smooth)}
          isGreaterBetter={metric === objective?.metric && objective.direction === 'maximize'}
        />
      )}
    </Card>
  )
}
