import { useEffect, useMemo, useState } from 'react'
import { useAction } from '../controls/action.js'
import { Choose } from '../controls/choose.js'
import { Empty, Failure, Link } from '../controls/parts.js'
import { read, send, studyPath } from '../live/api.js'
import { useFetched } from '../live/fetched.js'
import { change, useAddress } from '../state/address.js'
import { isFound, type Listed, type StudiesView, sortedStudies } from '../state/studies-view.js'
import '../controls/forms.css'
import './studies/studies.css'
import { StudiesTable } from './studies/table.js'

const AGAIN_MILLISECONDS = 2000

/** All studies of the store, to look for, compare and keep in order. */
export function StudiesPage() {
  const { search = '', view = 'active', sort = '-changed', tag = '', studies: chosenText = '' } = useAddress()
  const [turn, setTurn] = useState(0)
  useEffect(() => {
    const timer = setInterval(() => document.hidden || setTurn((n) => n + 1), AGAIN_MILLISECONDS)
    return () => clearInterval(timer)
  }, [])
  const deleted = String(view === 'deleted')
  const { value, error } = useFetched(`${turn} ${deleted}`, () =>
    read('studies', `/studies?limit=1000&deleted=${deleted}`),
  )
  const inView = useMemo(
    () => (value?.studies ?? []).filter((one) => isInView(one, view as StudiesView)),
    [value, view],
  )
  const tags = [...new Set(inView.flatMap((one) => one.tags ?? []))].sort()
  const shown = sortedStudies(
    inView.filter((one) => isFound(one, search) && (tag === '' || one.tags?.includes(tag))),
    sort,
  )
  const chosen = chosenText === '' ? [] : chosenText.split(',')
  const again = () => setTurn((n) => n + 1)
  const removal = useRemoval(again)
  return (
    <main id="main" className="wide">
      <search>
        <form className="filter" onSubmit={(event) => event.preventDefault()}>
          <label htmlFor="search">Search</label>
          <input
            id="search"
            type="search"
            value={search}
            placeholder="name, tag, note, owner"
            onChange={(event) => change({ search: event.target.value }, { replace: true })}
          />
          <Choose label="show" part="view" value={view} options={['active', 'archived', 'deleted']} />
          <span className="dim">{value ? `${shown.length} of ${value.total} studies` : ' '}</span>
          <Link to={{ page: 'new' }} className="button primary">
            New study
          </Link>
        </form>
      </search>
      {tags.length > 0 && (
        // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out in a row everywhere
        <div className="states" role="group" aria-label="tags">
          {tags.map((one) => (
            <button
              key={one}
              type="button"
              aria-pressed={one === tag}
              onClick={() => change({ tag: one === tag ? '' : one }, { replace: true })}
            >
              {one}
            </button>
          ))}
        </div>
      )}
      {chosen.length > 0 && (
        <div className="chosen-bar">
          <strong>{chosen.length === 1 ? chosen[0] : `${chosen.length} studies`}</strong>
          {chosen.length > 1 ? (
            <Link className="button" to={{ page: 'compare', studies: chosenText }}>
              Compare
            </Link>
          ) : (
            <span className="dim">choose another to compare</span>
          )}
          <button type="button" onClick={() => change({ studies: '' }, { replace: true })}>
            none
          </button>
        </div>
      )}
      {error && <Failure error={error} />}
      <div role="status">{removal.notice}</div>
      {value?.total === 0 && view === 'active' && (
        <Empty>
          No study yet. <Link to={{ page: 'new' }}>Make one here</Link>, or <code>parzen init</code> writes a sweep file
          and <code>parzen run</code> runs it: it shows up here.
        </Empty>
      )}
      {value && value.total + Number(view !== 'active') > 0 && shown.length === 0 && (
        <Empty>{nothing(view, search !== '' || tag !== '')}</Empty>
      )}
      {shown.length > 0 && (
        <StudiesTable
          studies={shown}
          sort={sort}
          chosen={chosen}
          onChanged={again}
          onRemove={removal.remove}
          onRestore={removal.restore}
          isDeleted={view === 'deleted'}
        />
      )}
    </main>
  )
}

function isInView({ archived = false }: Listed, view: StudiesView): boolean {
  return view === 'deleted' || archived === (view === 'archived')
}

function nothing(view: string, isSearch: boolean): string {
  if (isSearch) return 'No study is like that.'
  return view === 'active' ? 'All studies are archived: `show` has them.' : `No study is ${view}.`
}

/** Deleting hides; the way back stands there until something else is deleted. */
function useRemoval(again: () => void) {
  const [removed, setRemoved] = useState<string>()
  const { said, ask } = useAction()
  const restore = async (study: string) => {
    if (!(await ask(send('restore', studyPath(study, '/restore'), undefined), ''))) return
    setRemoved(undefined)
    again()
  }
  const remove = async (study: string) => {
    if (!(await ask(send('remove', studyPath(study), undefined, 'DELETE'), ''))) return
    setRemoved(study)
    again()
  }
  const notice = (removed !== undefined || said !== '') && (
    <p className="notice warn">
      {said || `${removed} is deleted: what ran has been told to end, nothing is lost. `}
      {removed !== undefined && (
        <button type="button" onClick={() => restore(removed)}>
          Undo
        </button>
      )}
    </p>
  )
  return { notice, remove, restore }
}
