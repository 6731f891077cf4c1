import { Empty } from '../../controls/parts.js'
import { useAnalysis } from '../../live/analysis.js'
import { Fronts } from '../overview/front.js'
import type { ViewProps } from './view.js'

/** The trials no other beats in every objective. */
export function Front({ name, state, spec, rows }: ViewProps) {
  const { value: analysis } = useAnalysis(name, state)
  if (spec.objectives.length < 2)
    return (
      <Empty>
        This study has one objective: there is nothing to weigh against it, and its best trial is on the Overview.
      </Empty>
    )
  return (
    <div className="grid">
      <Fronts state={state} shown={rows} front={analysis?.front} />
    </div>
  )
}
