import type { TrialRow } from '@parzen/core'
import { useMemo } from 'react'
import { download } from '../../controls/download.js'
import { report } from '../../live/report.js'
import { change, useAddress } from '../../state/address.js'
import type { Columns } from '../../state/columns.js'
import { csv } from '../../state/csv.js'
import { countStates, toggledState, trialStates, wantedStates } from '../../state/states.js'

/** States as switches, which columns there are, and what can be done to the table as a whole. */
export function TrialsToolbar({
  name,
  rows,
  sorted,
  all,
  columns,
  onEnqueue,
}: {
  name: string
  rows: readonly TrialRow[]
  sorted: readonly TrialRow[]
  all: Columns
  columns: readonly string[]
  onEnqueue: () => void
}) {
  const { filter = '' } = useAddress()
  const counts = useMemo(() => countStates(rows), [rows])
  const wanted = useMemo(() => wantedStates(filter), [filter])
  const isAll = wanted.size === trialStates.length
  return (
    <div className="trials-bar">
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out in a row everywhere */}
      <div className="states" role="group" aria-label="states to show">
        {trialStates.map(
          (state) =>
            (counts[state] > 0 || (!isAll && wanted.has(state))) && (
              <button
                key={state}
                type="button"
                className={`badge state-${state}`}
                aria-pressed={!isAll && wanted.has(state)}
                onClick={() => change({ filter: toggledState(filter, state) })}
              >
                {state} <span className="dim">{counts[state]}</span>
              </button>
            ),
        )}
      </div>
      <span className="buttons">
        <ColumnChooser all={all} columns={columns} />
        {!report && (
          <button type="button" onClick={onEnqueue}>
            Enqueue a trial
          </button>
        )}
        <button type="button" onClick={() => download(`${name}.csv`, csv(sorted, columns), 'text/csv')}>
          CSV
        </button>
      </span>
    </div>
  )
}

function ColumnChooser({ all, columns }: { all: Columns; columns: readonly string[] }) {
  const shown = new Set(columns)
  const choose = (next: Iterable<string>) => change({ columns: [...next].join(',') }, { replace: true })
  const toggle = (name: string) => choose(shown.has(name) ? columns.filter((one) => one !== name) : [...columns, name])
  const groups = Object.entries({
    objectives: all.objectives,
    parameters: all.parameters,
    metrics: all.metrics,
    more: all.others,
  })
  return (
    <details className="menu">
      <summary>Columns</summary>
      <div className="menu-box">
        {groups.map(
          ([title, names]) =>
            names.length > 0 && (
              <fieldset key={title}>
                <legend>{title}</legend>
                {names.map((name) => (
                  <label key={name}>
                    <input type="checkbox" checked={shown.has(name)} onChange={() => toggle(name)} /> {name}
                  </label>
                ))}
              </fieldset>
            ),
        )}
        <p className="buttons">
          <button
            type="button"
            onClick={() => choose([...all.objectives, ...all.parameters, ...all.metrics, ...all.others])}
          >
            all
          </button>
          <button type="button" onClick={() => change({ columns: '' }, { replace: true })}>
            the usual
          </button>
        </p>
      </div>
    </details>
  )
}
