import type { StudyState, TrialRow } from '@parzen/core'
import { useCallback, useMemo, useRef } from 'react'
import { CurvesChart } from '../../charts/curves-chart.js'
import { CurveMarks } from '../../charts/legend.js'
import { categoryColour } from '../../charts/shading.js'
import { TrialTip } from '../../charts/trial-tip.js'
import { Choose, Toggle } from '../../controls/choose.js'
import { Card, Empty, Failure } from '../../controls/parts.js'
import { useLiveCurves } from '../../live/live-curves.js'
import { useAddress } from '../../state/address.js'

const POINTS = 500

/** The curves of the compared trials over each other. */
export function Overlay({ name, state, rows }: { name: string; state: StudyState; rows: readonly TrialRow[] }) {
  const objective = state.spec?.objectives[0]
  const { metric = objective?.metric ?? 'value', log, x: across = 'step' } = useAddress()
  const text = rows.map(({ number }) => number).join()
  const wanted = useMemo(() => text.split(',').map(Number), [text])
  const { value, error } = useLiveCurves(name, metric, { state, wanted, points: POINTS })
  const curves = useMemo(() => value?.curves.filter(({ trial }) => wanted.includes(trial)), [value, wanted])
  const colourOf = useMemo(
    () => (trial: number, isDark: boolean) => categoryColour(Math.max(0, wanted.indexOf(trial)), isDark),
    [wanted],
  )
  const states = rows.map((row) => row.state).join()
  const latest = useRef(rows)
  latest.current = rows
  // biome-ignore lint/correctness/useExhaustiveDependencies: drawn anew only where a state is another one
  const stateOf = useCallback(
    (trial: number) => latest.current.find(({ number }) => number === trial)?.state ?? 'complete',
    [states],
  )
  const metrics = [...new Set([metric, ...(value?.metrics ?? [])])]
  return (
    <Card
      title="Curves"
      aside={
        <span className="buttons">
          <Choose label="metric" part="metric" value={metric} options={metrics} />
          <Choose
            label="across"
            part="x"
            value={across}
            options={[
              { value: 'step', text: 'step' },
              { value: 'relative', text: 'time since its start' },
            ]}
          />
          <Toggle label="log" part="log" value={log} />
        </span>
      }
    >
      {error && <Failure error={error} />}
      {curves?.length === 0 && <Empty>These trials have reported nothing of {metric}.</Empty>}
      {curves && curves.length > 0 && (
        <div className="legend">
          <CurveMarks hasForks={rows.some(({ parent }) => parent !== null)} />
        </div>
      )}
      {curves && curves.length > 0 && (
        <CurvesChart
          curves={curves}
          metric={metric}
          height={340}
          isLog={log === 'yes'}
          across={across === 'relative' ? 'relative' : 'step'}
          isGreaterBetter={metric === objective?.metric && objective.direction === 'maximize'}
          colourOf={colourOf}
          stateOf={stateOf}
          tip={(trial) => {
            const row = rows.find(({ number }) => number === trial)
            return row && <TrialTip row={row} spec={state.spec} />
          }}
        />
      )}
    </Card>
  )
}
