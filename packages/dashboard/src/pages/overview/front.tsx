import { type Analysis, observations, type StudySpec, type StudyState, type TrialRow } from '@parzen/core'
import { useMemo } from 'react'
import { FrontChart, findFront } from '../../charts/front-chart.js'
import { LineChart } from '../../charts/line-chart.js'
import { Toggle } from '../../controls/choose.js'
import { formatValue } from '../../controls/format.js'
import { Card, Empty } from '../../controls/parts.js'
import { change, useAddress } from '../../state/address.js'
import { narrowed, stretch } from '../../state/filter-terms.js'

/** Several objectives against each other, two at a time, and how the volume they dominate has grown. */
export function Fronts({
  state,
  shown,
  front,
}: {
  state: StudyState
  shown: readonly TrialRow[]
  front?: Analysis['front']
}) {
  const { filter = '', log } = useAddress()
  const spec = state.spec as StudySpec
  const { rows, found } = useMemo(() => {
    const pass = new Map(shown.map((row) => [row.number, row]))
    const trials = observations(state).filter(({ trial }) => pass.has(trial))
    return { rows: trials.map(({ trial }) => pass.get(trial) as TrialRow), found: findFront(trials) }
  }, [state, shown])
  const pairs = pairsOf(spec.objectives.length)
  if (rows.length === 0) return <Empty>No complete trial passes the filter: there is no front yet.</Empty>
  return (
    <>
      {pairs.map(([a, b]) => (
        <Card
          key={`${a} ${b}`}
          title={`${spec.objectives[b]?.metric} by ${spec.objectives[a]?.metric}`}
          {...(pairs.length === 1 ? { span: 'two' as const } : {})}
          aside={<Toggle label="log" part="log" value={log} />}
        >
          <FrontChart
            rows={rows}
            spec={spec}
            pair={[a, b]}
            front={found}
            isLog={log === 'yes'}
            onBox={(ends) =>
              change({
                filter: ends.reduce(
                  (so, { metric, low, high }) => narrowed(so, metric, stretch(metric, low, high)),
                  filter,
                ),
              })
            }
          />
        </Card>
      ))}
      {front && (
        <Card title="Dominated volume">
          <LineChart
            values={front.hypervolumes}
            label={`hypervolume after each complete trial, ${formatValue(front.hypervolume)} in the end`}
          />
          <p className="dim">
            {formatValue(front.hypervolume)} up to the reference {front.reference.map(formatValue).join(', ')}
          </p>
        </Card>
      )}
    </>
  )
}

/** At most three panels: of more objectives each against the first. */
function pairsOf(count: number): readonly (readonly [number, number])[] {
  if (count === 3)
    return [
      [0, 1],
      [0, 2],
      [1, 2],
    ]
  return Array.from({ length: count - 1 }, (_, i) => [0, i + 1] as const)
}
