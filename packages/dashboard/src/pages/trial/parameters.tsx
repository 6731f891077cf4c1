import { best, type Choice, isActive, type Params, type StudyState, type TrialRow } from '@parzen/core'
import { useMemo } from 'react'
import { formatValue } from '../../controls/format.js'
import { Card, Scroll } from '../../controls/parts.js'
import { middleOf } from './default-params.js'

/** Its parameters beside the best trial's, and beside a point to start from: the first that somebody asked for, or the middle. */
export function Parameters({ state, row }: { state: StudyState; row: TrialRow }) {
  const space = state.spec?.space ?? {}
  const found = best(state)?.trial
  const asked = state.queue[0]
  const middle = useMemo(() => middleOf(state.spec?.space ?? {}), [state.spec])
  const start: Params = asked ? { ...middle, ...asked } : middle
  const names = [...new Set([...Object.keys(space), ...Object.keys(row.params)])]
  return (
    <Card title="Parameters" span="two">
      <Scroll label="parameters beside the best">
        <table className="compare">
          <thead>
            <tr>
              <th scope="col">parameter</th>
              <th scope="col">this trial</th>
              <th scope="col">the best{found ? `, trial ${found.number}` : ''}</th>
              <th scope="col">{asked ? 'first asked for' : 'the middle'}</th>
            </tr>
          </thead>
          <tbody>
            {names.map((name) => (
              <tr key={name} className={found && row.params[name] !== found.params[name] ? 'differs' : undefined}>
                <th scope="row">{name}</th>
                <Value value={row.params[name]} />
                <Value value={found?.params[name]} />
                <Value value={space[name] && isActive(space[name], start) ? start[name] : undefined} />
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
      <p className="dim">Shaded: other than the best. The script’s own defaults are not known here.</p>
    </Card>
  )
}

function Value({ value }: { value: Choice | undefined }) {
  return (
    <td title={String(value ?? '')}>
      {value === undefined ? <span className="dim">not set</span> : formatValue(value)}
    </td>
  )
}
