import type { StudySpec } from '@parzen/core'
import { useMemo } from 'react'
import { Choose } from '../controls/choose.js'
import { Empty, Link } from '../controls/parts.js'
import { useAnalysis } from '../live/analysis.js'
import { type Address, useAddress } from '../state/address.js'
import type { StudyPageProps } from './page.js'
import { Contour } from './relations/contour.js'
import { Dependence } from './relations/dependence.js'
import { Front } from './relations/front.js'
import { Matrix } from './relations/matrix.js'
import { Slice } from './relations/slice.js'
import type { View, ViewProps } from './relations/view.js'
import './relations.css'

/** How values hang together, in several views; a new one is a file and a line here. */
const views: {
  readonly [view: string]: { readonly title: string; readonly view: View; readonly hasObjective: boolean }
} = {
  slice: { title: 'Slice', view: Slice, hasObjective: true },
  dependence: { title: 'Dependence', view: Dependence, hasObjective: true },
  contour: { title: 'Contour', view: Contour, hasObjective: true },
  matrix: { title: 'Scatter matrix', view: Matrix, hasObjective: false },
  front: { title: 'Pareto front', view: Front, hasObjective: false },
}

export function RelationsPage({ name, live: { state }, rows, shown, metrics }: StudyPageProps) {
  const address = useAddress()
  const spec = state.spec as StudySpec
  const wanted = address['view'] ?? 'slice'
  const current = views[wanted] ?? (views['slice'] as (typeof views)[string])
  const objective = spec.objectives[Number(address['objective'] ?? 0)] ? Number(address['objective'] ?? 0) : 0
  const complete = useMemo(() => shown.filter((row) => row.values), [shown])
  const { value: analysis } = useAnalysis(name, state)
  const parameters = useMemo(() => {
    const ranked = analysis?.importances[objective]?.parameters.map((one) => one.name) ?? []
    return [...new Set([...ranked.filter((one) => Object.hasOwn(spec.space, one)), ...Object.keys(spec.space)])]
  }, [analysis, objective, spec])
  const View = current.view
  const props: ViewProps = {
    name,
    state,
    spec,
    rows: complete,
    objective,
    parameters,
    isRanked: analysis !== undefined,
    metrics,
  }
  return (
    <>
      <div className="views">
        <nav aria-label="views" className="tabs">
          {Object.entries(views).map(([key, { title }]) => (
            <Link key={key} to={toView(address, key)} aria-current={views[key] === current ? 'page' : undefined}>
              {title}
            </Link>
          ))}
        </nav>
        {current.hasObjective && spec.objectives.length > 1 && (
          <Choose
            label="objective"
            part="objective"
            value={String(objective)}
            options={spec.objectives.map(({ metric }, i) => ({ value: String(i), text: metric }))}
          />
        )}
      </div>
      {complete.length === 0 ? (
        <Empty>
          {rows.length === shown.length ? 'No trial is complete yet.' : 'No complete trial passes the filter.'}
        </Empty>
      ) : (
        <View {...props} />
      )}
    </>
  )
}

function toView(address: Address, view: string): Address {
  return { ...address, view }
}
