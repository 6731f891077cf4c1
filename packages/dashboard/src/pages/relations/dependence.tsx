import type { Parameter, PartialDependence } from '@parzen/core'
import { useCallback, useEffect, useMemo, useState } from 'react'
import { type Axis, metricAxis, parameterAxis } from '../../charts/axis.js'
import { covering, drawDependence } from '../../charts/dependence-chart.js'
import type { Frame } from '../../charts/frame.js'
import type { Cell } from '../../charts/scatter-cell.js'
import { ScatterPlot } from '../../charts/scatter-plot.js'
import type { Shading } from '../../charts/shading.js'
import { Card, Empty, Failure, Link } from '../../controls/parts.js'
import { stage } from '../../live/analysis.js'
import { ApiError, read, studyPath } from '../../live/api.js'
import { useAddress } from '../../state/address.js'
import { keepWithin, type ViewProps } from './view.js'

/** More pictures than these ask too much of the server at once; the rest can be asked for. */
const FIRST = 6
const PLAIN: Shading = { name: '', at: () => undefined, categories: undefined, ends: ['', ''] }

/** What a fitted model says of each parameter, the others as in the trials. */
export function Dependence(props: ViewProps) {
  const { name, state, parameters, objective, isRanked } = props
  const { parameter } = useAddress()
  const [isAll, setAll] = useState(false)
  const first = parameter && parameters.includes(parameter) ? [parameter] : []
  const ordered = [...new Set([...first, ...parameters])]
  const wanted = isAll ? ordered : ordered.slice(0, FIRST)
  // what matters comes first: asked for before that is known it would be asked for again
  const found = useDependence(name, isRanked ? wanted : [], objective, stage(state))
  return (
    <>
      <div className="grid small">
        {wanted.map((one) => (
          <OneParameter key={one} parameter={one} answer={found.get(one)} {...props} />
        ))}
      </div>
      {ordered.length > wanted.length && (
        <p>
          <button type="button" onClick={() => setAll(true)}>
            show {ordered.length - wanted.length} more
          </button>
        </p>
      )}
      <p className="dim">
        Partial dependence: the mean of a model’s predictions with this parameter set to each value and the others as in
        the trials (line), within one and two of its standard deviations (bands). Points are trials.
      </p>
    </>
  )
}

type Answer = PartialDependence | null | ApiError

/** One after the other, in the order wanted: each costs the server a model. The last answers stay until new ones are there. */
function useDependence(
  name: string,
  wanted: readonly string[],
  objective: number,
  at: string,
): ReadonlyMap<string, Answer> {
  const [found, setFound] = useState<{ readonly objective: number; readonly by: ReadonlyMap<string, Answer> }>({
    objective,
    by: new Map(),
  })
  const key = wanted.join('\n')
  // biome-ignore lint/correctness/useExhaustiveDependencies: a later stage of the study has another answer
  useEffect(() => {
    let isOver = false
    const ask = async () => {
      for (const parameter of key === '' ? [] : key.split('\n')) {
        const path = studyPath(name, `/dependence?parameter=${encodeURIComponent(parameter)}&objective=${objective}`)
        const answer = await read('dependence', path).catch((error: unknown) =>
          error instanceof ApiError ? error : new ApiError(0, String(error)),
        )
        if (isOver) return
        setFound((old) => ({
          objective,
          by: new Map([...(old.objective === objective ? old.by : []), [parameter, answer]]),
        }))
      }
    }
    ask()
    return () => {
      isOver = true
    }
  }, [name, key, objective, at])
  return found.objective === objective ? found.by : new Map()
}

function OneParameter({
  parameter,
  answer,
  name,
  spec,
  rows,
  objective,
  parameters,
}: ViewProps & { parameter: string; answer: Answer | undefined }) {
  const { filter = '', chosen = '' } = useAddress()
  const other = parameters.find((one) => one !== parameter)
  return (
    <Card
      title={parameter}
      aside={
        other && (
          <Link
            to={{
              study: name,
              page: 'relations',
              view: 'contour',
              parameter,
              with: other,
              filter,
              chosen,
              objective: String(objective || ''),
            }}
          >
            with another
          </Link>
        )
      }
    >
      {answer === undefined && <div className="waiting dim">asking the server for its model …</div>}
      {answer instanceof ApiError && <Failure error={answer} />}
      {answer === null && <Empty>Eight complete trials that have it are needed.</Empty>}
      {answer && !(answer instanceof ApiError) && (
        <Drawn
          found={answer}
          x={parameterAxis(parameter, spec.space[parameter] as Parameter)}
          rows={rows}
          spec={spec}
          objective={objective}
          filter={filter}
        />
      )}
    </Card>
  )
}

function Drawn({
  found,
  x,
  rows,
  spec,
  objective,
  filter,
}: Pick<ViewProps, 'rows' | 'spec' | 'objective'> & { found: PartialDependence; x: Axis; filter: string }) {
  const { metric = 'value', direction } = spec.objectives[objective] ?? {}
  const y = useMemo(() => {
    const values = rows.flatMap((row) => row.values?.[objective] ?? [])
    return covering(found, values, (all) => metricAxis(metric, all, direction))
  }, [found, rows, objective, metric, direction])
  const under = useCallback((frame: Frame, cell: Cell) => drawDependence(frame, cell, found), [found])
  return (
    <>
      <ScatterPlot
        x={x}
        y={y}
        rows={rows}
        shading={PLAIN}
        spec={spec}
        under={under}
        onBox={(conditions) => keepWithin(filter, conditions)}
      />
      <p className="dim reading">
        {found.model === 'gp' ? 'Gaussian process' : 'forest'} of {found.trials} trials
      </p>
    </>
  )
}
