import { useMemo } from 'react'
import { axisOf, parameterAxis } from '../../charts/axis.js'
import { Legend } from '../../charts/legend.js'
import { LinkedPlots } from '../../charts/linked-plots.js'
import { ScatterPlot } from '../../charts/scatter-plot.js'
import { shadingBy } from '../../charts/shading.js'
import { Choose } from '../../controls/choose.js'
import { Card } from '../../controls/parts.js'
import { useAddress } from '../../state/address.js'
import { keepWithin, type ViewProps } from './view.js'

/** A small picture a parameter: the objective by its value. */
export function Slice({ spec, rows, objective, parameters, metrics }: ViewProps) {
  const { filter = '', colour = 'trial' } = useAddress()
  const metric = spec.objectives[objective]?.metric ?? 'value'
  const shading = useMemo(() => shadingBy(colour, rows, spec), [colour, rows, spec])
  const y = useMemo(() => axisOf(metric, rows, spec), [metric, rows, spec])
  const axes = useMemo(
    () => parameters.flatMap((name) => (spec.space[name] ? [parameterAxis(name, spec.space[name])] : [])),
    [parameters, spec],
  )
  const colours = ['trial', 'seconds', ...spec.objectives.map((one) => one.metric), ...parameters, ...metrics]
  return (
    <>
      <div className="parallel-bar">
        <Legend shading={shading} />
        <Choose label="colour" part="colour" value={colour} options={[...new Set(colours)]} />
      </div>
      <LinkedPlots>
        <div className="grid small">
          {axes.map((x) => (
            <Card key={x.name} title={x.name}>
              <ScatterPlot
                x={x}
                y={y}
                rows={rows}
                shading={shading}
                spec={spec}
                onBox={(conditions) => keepWithin(filter, conditions)}
              />
            </Card>
          ))}
        </div>
      </LinkedPlots>
      <p className="dim">
        {metric} by each parameter, the most important first; the strip at the low end of an axis is “not set”. Drag a
        rectangle to keep what lies in it.
      </p>
    </>
  )
}
