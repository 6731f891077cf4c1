import type { StudySpec, StudyState, TrialRow } from '@parzen/core'
import { useMemo, useState } from 'react'
import { axisOf, passing } from '../charts/axis.js'
import { AxisHeaders } from '../charts/axis-headers.js'
import { Legend } from '../charts/legend.js'
import { MOST_LINES, ParallelCoordinates } from '../charts/parallel-coordinates.js'
import { shadingBy } from '../charts/shading.js'
import { Choose } from '../controls/choose.js'
import { Card, Empty, Scroll } from '../controls/parts.js'
import { report } from '../live/report.js'
import { change, useAddress } from '../state/address.js'
import { narrowed, readable } from '../state/filter-terms.js'
import type { StudyPageProps } from './page.js'
import { NarrowDialog } from './parallel/narrow-dialog.js'
import './parallel.css'

export function ParallelPage({ name, live: { state }, rows, shown, metrics }: StudyPageProps) {
  const { filter = '', colour, states = 'complete' } = useAddress()
  const { spec } = state
  const drawn = useMemo(() => ofStates(rows, states), [rows, states])
  const passed = useMemo(() => ofStates(shown, states), [shown, states])
  const { names, hidden, set } = useAxes(spec, metrics)
  const axes = useMemo(() => names.map((axis) => axisOf(axis, drawn, spec)), [names, drawn, spec])
  const brushes = useMemo(() => {
    const terms = readable(filter)
    return axes.map((axis) => {
      const own = terms.filter((term) => term.names.size === 1 && term.names.has(axis.name))
      return own.length === 0 ? [] : passing(axis, (row) => own.every((term) => term.passes(row)))
    })
  }, [axes, filter])
  const coloured = colour ?? spec?.objectives[0]?.metric ?? 'trial'
  const shading = useMemo(() => shadingBy(coloured, drawn, spec), [coloured, drawn, spec])
  if (drawn.length === 0)
    return <Empty>{states === 'all' ? 'No trial has started yet.' : 'No trial is complete yet.'}</Empty>
  return (
    <Card
      title="All parameters at once"
      aside={<Narrowing name={name} state={state} rows={rows} shown={passed} filter={filter} />}
    >
      <div className="parallel-bar">
        <Legend shading={shading} />
        <span className="buttons">
          <ColourBy spec={spec} metrics={metrics} value={coloured} />
          <Choose
            label="show"
            part="states"
            value={states}
            options={[
              { value: 'complete', text: 'complete trials' },
              { value: 'all', text: 'all trials' },
            ]}
          />
        </span>
      </div>
      <Scroll label="parallel coordinates">
        <div className="parallel" style={{ minWidth: Math.max(360, axes.length * 104) }}>
          <AxisHeaders
            names={names}
            coloured={coloured}
            onOrder={(order) => set(order, hidden)}
            onHide={(one) =>
              set(
                names.filter((other) => other !== one),
                [...hidden, one],
              )
            }
            onColour={(one) => change({ colour: one }, { replace: true })}
          />
          <ParallelCoordinates
            rows={drawn}
            shown={passed}
            axes={axes}
            brushes={brushes}
            shading={shading}
            spec={spec}
            onBrush={(axis, condition) => change({ filter: narrowed(filter, axis, condition) })}
          />
        </div>
      </Scroll>
      <Hidden
        hidden={hidden}
        onShow={(one) =>
          set(
            [...names, one],
            hidden.filter((other) => other !== one),
          )
        }
      />
      <p className="dim">
        A line a trial. Drag along an axis to keep only what passes there, down to “not set”; every page follows, and a
        condition goes away by its × above.{' '}
        {passed.length > MOST_LINES && `${MOST_LINES} of ${passed.length} lines are drawn.`}
      </p>
    </Card>
  )
}

function ofStates(rows: readonly TrialRow[], states: string): readonly TrialRow[] {
  return states === 'all' ? rows : rows.filter((row) => row.values)
}

/** The axes in the order of the address: those it does not name come after, but for the hidden ones; of other metrics those it names. */
function useAxes(spec: StudySpec | undefined, metrics: readonly string[]) {
  const { order = '', hide = '' } = useAddress()
  return useMemo(() => {
    const objectives = (spec?.objectives ?? []).map(({ metric }) => metric)
    const usual = [...Object.keys(spec?.space ?? {}), ...objectives]
    const all = [...usual, ...metrics, 'seconds']
    const put = hide.split(',').filter((name) => usual.includes(name))
    const ordered = order.split(',').filter((name) => all.includes(name))
    const names = [...new Set([...ordered, ...usual])].filter((name) => !put.includes(name))
    const hidden = [...put, ...all.filter((name) => !usual.includes(name) && !names.includes(name))]
    const set = (now: readonly string[], away: readonly string[]) =>
      // the last axis stays: a picture needs one
      now.length > 0 &&
      change({ order: now.join(','), hide: away.filter((name) => usual.includes(name)).join(',') }, { replace: true })
    return { names, hidden, set }
  }, [spec, metrics, order, hide])
}

function ColourBy({
  spec,
  metrics,
  value,
}: {
  spec: StudySpec | undefined
  metrics: readonly string[]
  value: string
}) {
  const names = [
    ...(spec?.objectives ?? []).map(({ metric }) => metric),
    'trial',
    'seconds',
    ...Object.keys(spec?.space ?? {}),
    ...metrics,
  ]
  return <Choose label="colour" part="colour" value={value} options={[...new Set(names)]} />
}

function Hidden({ hidden, onShow }: { hidden: readonly string[]; onShow: (name: string) => void }) {
  if (hidden.length === 0) return null
  return (
    <p className="buttons">
      <span className="dim">more axes:</span>
      {hidden.map((name) => (
        <button key={name} type="button" aria-label={`show ${name}`} onClick={() => onShow(name)}>
          + {name}
        </button>
      ))}
    </p>
  )
}

function Narrowing(props: {
  name: string
  state: StudyState
  rows: readonly TrialRow[]
  shown: readonly TrialRow[]
  filter: string
}) {
  const [isOpen, setOpen] = useState(false)
  // a report changes nothing
  if (report) return null
  return (
    <span className="buttons">
      <button
        type="button"
        disabled={props.filter === ''}
        title={props.filter === '' ? 'brush an axis first' : 'let new trials come from the part that is brushed'}
        onClick={() => setOpen(true)}
      >
        Narrow the space to this brush
      </button>
      {isOpen && <NarrowDialog {...props} onClose={() => setOpen(false)} />}
    </span>
  )
}
