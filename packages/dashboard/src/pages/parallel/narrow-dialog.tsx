import {
  formatDistribution,
  type Parameter,
  type StudySpec,
  type StudyState,
  stillApplying,
  type TrialRow,
} from '@parzen/core'
import { useEffect, useMemo, useRef, useState } from 'react'
import { ApiError, send, studyPath } from '../../live/api.js'
import { readable } from '../../state/filter-terms.js'
import { type Narrowed, narrowToFilter, narrowToTrials } from './narrow-space.js'

/** Fewer trials than these do not say where the good ones lie. */
const FEWEST = 3

/** What of the space changes, before it does. */
export function NarrowDialog({
  name,
  state,
  shown,
  filter,
  onClose,
}: {
  name: string
  state: StudyState
  shown: readonly TrialRow[]
  filter: string
  onClose: () => void
}) {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => dialog.current?.showModal(), [])
  const spec = state.spec as StudySpec
  const byFilter = useMemo(() => narrowToFilter(spec.space, readable(filter)), [spec, filter])
  const [by, setBy] = useState<'filter' | 'trials'>(byFilter.changes.length > 0 ? 'filter' : 'trials')
  const found = useMemo(
    () => (by === 'filter' ? byFilter : narrowToTrials(spec.space, shown.length >= FEWEST ? shown : [])),
    [by, byFilter, spec, shown],
  )
  const { said, isBusy, narrow } = useNarrowing(name, found, onClose)
  return (
    <dialog ref={dialog} className="narrow" aria-labelledby="narrow-title" onClose={onClose}>
      <h2 id="narrow-title">Narrow the space</h2>
      <fieldset>
        <legend className="dim">New trials come from</legend>
        <label>
          <input type="radio" name="by" checked={by === 'filter'} onChange={() => setBy('filter')} /> the ranges of the
          filter
        </label>
        <label>
          <input type="radio" name="by" checked={by === 'trials'} onChange={() => setBy('trials')} /> where the{' '}
          {shown.length} trials that pass lie, with a little room
        </label>
      </fieldset>
      {by === 'filter' && found.ignored.length > 0 && (
        <p className="dim">Not about one parameter alone, so left out: {found.ignored.join('; ')}</p>
      )}
      {found.changes.length === 0 ? <p>Nothing of the space would change.</p> : <Changes changes={found.changes} />}
      {found.changes.length > 0 && <Applying state={state} narrowed={found} />}
      {said && (
        <p role="alert" className="problem">
          {said}
        </p>
      )}
      <p className="buttons">
        <button type="button" disabled={found.changes.length === 0 || isBusy} onClick={narrow}>
          Narrow
        </button>
        <button type="button" onClick={() => dialog.current?.close()}>
          Leave it
        </button>
      </p>
    </dialog>
  )
}

function useNarrowing(name: string, { space }: Narrowed, onDone: () => void) {
  const [said, setSaid] = useState('')
  const [isBusy, setBusy] = useState(false)
  const narrow = async () => {
    setBusy(true)
    try {
      await send('edit', studyPath(name), { space }, 'PATCH')
      onDone()
    } catch (error) {
      setSaid(error instanceof ApiError ? [error.message, error.hint].filter(Boolean).join('. ') : String(error))
      setBusy(false)
    }
  }
  return { said, isBusy, narrow }
}

function Changes({ changes }: Pick<Narrowed, 'changes'>) {
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">parameter</th>
          <th scope="col">was</th>
          <th scope="col">will be</th>
        </tr>
      </thead>
      <tbody>
        {changes.map(({ name, before, after }) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td>{words(before)}</td>
            <td>{after ? words(after) : 'gone: nothing makes it active any more'}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function words({ when, ...distribution }: Parameter): string {
  const conditions = Object.entries(when ?? {}).map(([parent, values]) => `${parent} is ${values.join(' or ')}`)
  return `${formatDistribution(distribution)}${conditions.length > 0 ? `, if ${conditions.join(' and ')}` : ''}`
}

/** How many results the sampler keeps: those that lie in the new space. */
function Applying({ state, narrowed: { space } }: { state: StudyState; narrowed: Narrowed }) {
  const { finished, spec } = state
  const kept = useMemo(
    () => stillApplying({ spec: { ...(spec as StudySpec), space }, spaceSince: state.trials.length }, finished).length,
    [finished, spec, space, state.trials.length],
  )
  return (
    <p className="dim">
      {kept} of {finished.length} finished trials lie in it and still count; the others stay on record. The space can be
      widened again in the sweep file.
    </p>
  )
}
