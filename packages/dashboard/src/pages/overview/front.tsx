import { type Analysis, observations, type StudySpec, type StudyState, type TrialRow } from '@parzen/core'
import { useMemo } from 'react'
import { type FoundFront, FrontChart, findFront } from '../../charts/front-chart.js'
import { FrontCube } from '../../charts/front-cube.js'
import { LineChart } from '../../charts/line-chart.js'
import { LinkedPlots } from '../../charts/linked-plots.js'
import type { Stand } from '../../charts/turned.js'
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
    <LinkedPlots>
      {spec.objectives.length === 3 && <Cube rows={rows} spec={spec} front={found} isLog={log === 'yes'} />}
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
    </LinkedPlots>
  )
}

const USUAL: Stand = { turn: 30, tilt: 25 }

/** All three objectives at once; how it is turned stands in the address. */
function Cube(props: { rows: readonly TrialRow[]; spec: StudySpec; front: FoundFront; isLog: boolean }) {
  const { turn = '', tilt = '' } = useAddress()
  const stand = { turn: degrees(turn, USUAL.turn, 360), tilt: degrees(tilt, USUAL.tilt, 90) }
  const turnTo = (to: Stand) => change({ turn: String(to.turn), tilt: String(to.tilt) }, { replace: true })
  return (
    <Card
      title={props.spec.objectives.map(({ metric }) => metric).join(', ')}
      span="two"
      aside={
        <span className="buttons">
          {(['turn', 'tilt'] as const).map((what) => (
            <label key={what} className="choose">
              {what}{' '}
              <input
                type="range"
                min={0}
                max={what === 'turn' ? 360 : 90}
                step={5}
                value={stand[what]}
                onChange={({ target }) => turnTo({ ...stand, [what]: Number(target.value) })}
              />
            </label>
          ))}
        </span>
      }
    >
      <FrontCube {...props} stand={stand} onStand={turnTo} />
      <p className="dim">
        Drag to turn it. A line leads from each trial of the front to the ground; the knee is ringed.
      </p>
    </Card>
  )
}

function degrees(text: string, usual: number, most: number): number {
  const value = Number(text)
  return text !== '' && value >= 0 && value <= most ? value : usual
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
