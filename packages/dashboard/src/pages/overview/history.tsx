import type { StudyState, TrialRow } from '@parzen/core'
import { HistoryChart } from '../../charts/history-chart.js'
import { Choose, Toggle } from '../../controls/choose.js'
import { Card, Empty } from '../../controls/parts.js'
import { useAddress } from '../../state/address.js'

/** How an objective came about: every trial, and the best so far. */
export function History({ state, shown }: { state: StudyState; shown: readonly TrialRow[] }) {
  const { by = 'trial', log, objective: chosen = '0' } = useAddress()
  const objectives = state.spec?.objectives ?? []
  const objective = objectives[Number(chosen)] ? Number(chosen) : 0
  const metric = objectives[objective]?.metric ?? 'value'
  return (
    <Card
      title={`${metric} over the ${by === 'time' ? 'time' : 'trials'}`}
      span="two"
      aside={
        <span className="buttons">
          {objectives.length > 1 && (
            <Choose
              label="objective"
              part="objective"
              value={String(objective)}
              options={objectives.map((one, i) => ({ value: String(i), text: one.metric }))}
            />
          )}
          <Choose label="by" part="by" value={by} options={['trial', 'time']} />
          <Toggle label="log" part="log" value={log} />
        </span>
      }
    >
      {shown.length === 0 ? (
        <Empty>{state.trials.length === 0 ? 'No trial has started yet.' : 'No trial passes the filter.'}</Empty>
      ) : (
        <HistoryChart
          rows={shown}
          spec={state.spec}
          objective={objective}
          by={by === 'time' ? 'time' : 'trial'}
          isLog={log === 'yes'}
        />
      )}
    </Card>
  )
}
