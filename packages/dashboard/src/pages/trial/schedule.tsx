import type { Choice, Parameter, Schedule, Space } from '@parzen/core'
import { useMemo } from 'react'
import type { Curve } from '../../charts/curves.js'
import { CurvesChart } from '../../charts/curves-chart.js'
import { categoryColour } from '../../charts/shading.js'
import { download } from '../../controls/download.js'
import { formatValue } from '../../controls/format.js'
import { Card, CopyButton, Link, Scroll } from '../../controls/parts.js'

/** What population-based training is done for: the parameters over steps that trained what this trial ended with. */
export function ScheduleCard({ name, schedule, space }: { name: string; schedule: Schedule; space: Space }) {
  const text = JSON.stringify(schedule, null, 2)
  const { trial, changing } = schedule
  if (schedule.pieces.length === 0) return null
  return (
    <Card
      title="Schedule"
      span="all"
      aside={
        <span className="buttons">
          <CopyButton text={text} label="copy JSON" />
          <button
            type="button"
            onClick={() => download(`${name}-trial-${trial}-schedule.json`, text, 'application/json')}
          >
            download JSON
          </button>
        </span>
      }
    >
      <div className="trial-curves">
        {changing
          .filter((one) => isNumeric(space[one]))
          .map((one) => (
            <Steps key={one} name={one} schedule={schedule} isLog={isLog(space[one])} />
          ))}
      </div>
      <Pieces name={name} schedule={schedule} />
      {changing.length === 0 && <p className="dim">No parameter has changed on the way.</p>}
    </Card>
  )
}

function Pieces({ name, schedule: { pieces, changing } }: { name: string; schedule: Schedule }) {
  return (
    <Scroll label="schedule as a table">
      <table className="schedule">
        <thead>
          <tr>
            {['after step', 'to step', 'trial', ...changing].map((title) => (
              <th key={title} scope="col">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {pieces.map(({ trial, from, to, params }) => (
            <tr key={trial}>
              <td>{formatValue(from)}</td>
              <td>{formatValue(to)}</td>
              <td>
                <Link to={{ study: name, page: 'trial', trial: String(trial) }}>{trial}</Link>
              </td>
              {changing.map((one) => (
                <td key={one} title={String(params[one] ?? '')}>
                  {params[one] === undefined ? <span className="dim">not set</span> : formatValue(params[one])}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  )
}

/** One parameter, which goes up and down in steps. */
function Steps({ name, schedule, isLog }: { name: string; schedule: Schedule; isLog: boolean }) {
  const curves = useMemo(() => [stairs(name, schedule)], [name, schedule])
  const chosen = useMemo(() => new Set([schedule.trial]), [schedule.trial])
  return (
    <section aria-label={`${name} over steps`}>
      <h3>{name}</h3>
      <CurvesChart
        curves={curves}
        metric={name}
        height={180}
        isGreaterBetter={false}
        isLog={isLog}
        showsOutliers
        chosen={chosen}
        colourOf={(_trial, isDark) => categoryColour(0, isDark)}
      />
    </section>
  )
}

/** So many places of a piece can be pointed at; whole steps, if it has more than one. */
const PLACES = 50

function placesOf({ from, to }: { readonly from: number; readonly to: number }): number[] {
  const stride = to - from > 1 ? Math.ceil((to - from) / PLACES) : (to - from) / PLACES
  const count = Math.ceil((to - from) / stride) || 0
  return [...Array.from({ length: count }, (_, i) => from + i * stride), to]
}

/** Up or down where a piece begins, level within it; a piece where it is not set is a straight line between those beside it. */
function stairs(name: string, { trial, pieces }: Schedule): Curve {
  const parts = pieces.flatMap((piece) => {
    const value: Choice | undefined = piece.params[name]
    if (typeof value !== 'number') return []
    const steps = placesOf(piece)
    return [{ trial: piece.trial, steps, values: steps.map(() => value) }]
  })
  const own = parts.findLast((part) => part.trial === trial) ?? { trial, steps: [], values: [] }
  return { ...own, inherited: parts.filter((part) => part.trial !== trial) }
}

function isNumeric(parameter: Parameter | undefined): boolean {
  return parameter !== undefined && parameter.kind !== 'categorical'
}

function isLog(parameter: Parameter | undefined): boolean {
  return parameter !== undefined && 'log' in parameter && parameter.log === true
}
