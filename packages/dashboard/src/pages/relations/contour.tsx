import type { Parameter, PartialDependence, TrialRow } from '@parzen/core'
import { useCallback, useMemo } from 'react'
import { parameterAxis } from '../../charts/axis.js'
import { drawContour, type Surface, surfaceOf } from '../../charts/contour.js'
import type { Frame } from '../../charts/frame.js'
import { Legend } from '../../charts/legend.js'
import type { Cell } from '../../charts/scatter-cell.js'
import { ScatterPlot } from '../../charts/scatter-plot.js'
import { type Shading, shadingBy } from '../../charts/shading.js'
import { Choose } from '../../controls/choose.js'
import { formatValue } from '../../controls/format.js'
import { Card, Empty, Failure } from '../../controls/parts.js'
import { stage } from '../../live/analysis.js'
import { read, studyPath } from '../../live/api.js'
import { useFetched } from '../../live/fetched.js'
import { useAddress } from '../../state/address.js'
import { keepWithin, type ViewProps } from './view.js'

/** What a fitted model says of two parameters together, and the trials it says it from. */
export function Contour(props: ViewProps) {
  const { name, state, rows, objective, parameters, isRanked } = props
  const { parameter, with: other, surface: what = 'mean' } = useAddress()
  const a = parameters.find((one) => one === parameter) ?? parameters[0]
  const b = parameters.find((one) => one === other && one !== a) ?? parameters.find((one) => one !== a)
  const isNamed = parameter !== undefined && other !== undefined
  const key = `${name} ${a} ${b} ${objective} ${stage(state)} ${isRanked || isNamed}`
  const path = studyPath(
    name,
    `/dependence?parameter=${encodeURIComponent(a ?? '')}&with=${encodeURIComponent(b ?? '')}&objective=${objective}`,
  )
  const { value, error } = useFetched(key, async () =>
    a && b && (isRanked || isNamed) ? { found: await read('dependence', path) } : undefined,
  )
  const having = useMemo(
    () => rows.filter(({ params }) => a && b && params[a] !== undefined && params[b] !== undefined),
    [rows, a, b],
  )
  if (!a || !b) return <Empty>Two parameters are needed to see them together.</Empty>
  const isCurrent = value?.found?.axes[0]?.name === a && value.found.axes[1]?.name === b
  return (
    <Card
      title={`${b} by ${a}`}
      aside={
        <span className="buttons">
          <Choose label="across" part="parameter" value={a} options={parameters.filter((one) => one !== b)} />
          <Choose label="up" part="with" value={b} options={parameters.filter((one) => one !== a)} />
          <Choose
            label="show"
            part="surface"
            value={what}
            options={[
              { value: 'mean', text: 'mean' },
              { value: 'sd', text: 'uncertainty' },
            ]}
          />
        </span>
      }
    >
      {error && <Failure error={error} />}
      {value && value.found === null && <Empty>Eight complete trials that have both are needed.</Empty>}
      {!error && !isCurrent && value?.found !== null && (
        <div className="waiting dim">asking the server for its model …</div>
      )}
      {isCurrent && value?.found && (
        <Drawn {...props} a={a} b={b} found={value.found} having={having} what={what === 'sd' ? 'sd' : 'mean'} />
      )}
    </Card>
  )
}

function Drawn({
  spec,
  objective,
  a,
  b,
  found,
  having,
  what,
}: ViewProps & { a: string; b: string; found: PartialDependence; having: readonly TrialRow[]; what: 'mean' | 'sd' }) {
  const { filter = '' } = useAddress()
  const surface = useMemo(() => surfaceOf(found, what) as Surface, [found, what])
  const { metric = 'value', direction } = spec.objectives[objective] ?? {}
  const [x, y] = useMemo(
    () => [parameterAxis(a, spec.space[a] as Parameter), parameterAxis(b, spec.space[b] as Parameter)],
    [a, b, spec],
  )
  const isGreaterBetter = what === 'mean' && direction === 'maximize'
  const under = useCallback(
    (frame: Frame, cell: Cell) => drawContour(frame, cell, surface, { isGreaterBetter }),
    [surface, isGreaterBetter],
  )
  const shading = useMemo(() => shadingBy(metric, having, spec), [metric, having, spec])
  const [from, to] = isGreaterBetter ? [surface.high, surface.low] : [surface.low, surface.high]
  const legend: Shading = {
    ...shading,
    name: what === 'mean' ? `predicted ${metric}` : `sd of the prediction, in ${metric}`,
    ends: [formatValue(from), formatValue(to)],
  }
  return (
    <>
      <ScatterPlot
        x={x}
        y={y}
        rows={having}
        shading={shading}
        spec={spec}
        height={460}
        under={under}
        isOnColours
        onBox={(conditions) => keepWithin(filter, conditions)}
      />
      <Legend shading={legend} />
      <p className="dim reading">
        {found.model === 'gp' ? 'Gaussian process' : 'forest'} of {found.trials} trials, averaged over {found.averaged}{' '}
        of them; points are the {having.length} trials that have both, coloured by their {metric}
      </p>
    </>
  )
}
