import { useState } from 'react'
import { useAction } from '../../controls/action.js'
import { formatAgo, formatDuration, formatValue } from '../../controls/format.js'
import { NotesDialog, Tags } from '../../controls/notes-dialog.js'
import { Link, Scroll, StateBadge } from '../../controls/parts.js'
import { SettingsDialog } from '../../controls/settings-dialog.js'
import { Sparkline } from '../../controls/sparkline.js'
import { StudyButtons } from '../../controls/study-actions.js'
import { send, studyPath } from '../../live/api.js'
import { change } from '../../state/address.js'
import { type Listed, timeLeft } from '../../state/studies-view.js'

const COLUMNS = [
  { key: 'study', title: 'Study' },
  { key: 'state', title: 'State' },
  { key: 'progress', title: 'Progress' },
  { key: 'best', title: 'Best' },
  { key: 'trials', title: 'Trials' },
  { key: 'sampler', title: 'Sampler' },
  { key: 'owner', title: 'Owner' },
  { key: 'time', title: 'Time' },
  { key: 'changed', title: 'Changed' },
] as const

interface TableProps {
  readonly studies: readonly Listed[]
  readonly sort: string
  readonly chosen: readonly string[]
  readonly isDeleted: boolean
  readonly onChanged: () => void
  readonly onRemove: (study: string) => void
  readonly onRestore: (study: string) => void
}

export function StudiesTable({ studies, sort, chosen, ...rest }: TableProps) {
  const [isDown, sorted] = sort.startsWith('-') ? [true, sort.slice(1)] : [false, sort]
  return (
    <Scroll label="studies">
      <table className="studies">
        <thead>
          <tr>
            <td />
            {COLUMNS.map(({ key, title }) => (
              <th key={key} scope="col" aria-sort={key === sorted ? (isDown ? 'descending' : 'ascending') : undefined}>
                <button
                  type="button"
                  onClick={() => change({ sort: key === sorted && !isDown ? `-${key}` : key }, { replace: true })}
                >
                  {title}
                  <span aria-hidden="true">{key === sorted ? (isDown ? ' ↓' : ' ↑') : ''}</span>
                </button>
              </th>
            ))}
            <td />
          </tr>
        </thead>
        <tbody>
          {studies.map((one) => (
            <StudyRow key={one.study} study={one} chosen={chosen} {...rest} />
          ))}
        </tbody>
      </table>
    </Scroll>
  )
}

function StudyRow({
  study: one,
  chosen,
  ...rest
}: { study: Listed; chosen: readonly string[] } & Omit<TableProps, 'studies' | 'sort' | 'chosen'>) {
  const { study, tags = [], note = '' } = one
  const isChosen = chosen.includes(study)
  const toggled = isChosen ? chosen.filter((name) => name !== study) : [...chosen, study]
  return (
    <tr aria-selected={undefined} className={isChosen ? 'chosen-row' : undefined}>
      <td>
        <input
          type="checkbox"
          aria-label={`choose ${study}`}
          checked={isChosen}
          onChange={() => change({ studies: toggled.join(',') }, { replace: true })}
        />
      </td>
      <th scope="row">
        <Link to={{ study }}>{study}</Link>
        {(tags.length > 0 || note !== '') && (
          <div className="under">
            <Tags tags={tags} /> <span title={note}>{note}</span>
          </div>
        )}
      </th>
      <td>
        <StateBadge state={one.state} />
        {one.reason && (
          <div className="under" title={one.reason}>
            {one.reason}
          </div>
        )}
      </td>
      <td>
        <Progress {...one} />
      </td>
      <td className="best">
        {one.best ? (
          <>
            <span>
              {formatValue(one.best.value)} <span className="dim">{one.metric}</span>
            </span>
            <Sparkline
              values={one.history}
              label={`best ${one.metric} so far, from ${formatValue(one.history[0])} to ${formatValue(one.best.value)}`}
            />
          </>
        ) : (
          <span className="dim">–</span>
        )}
      </td>
      <td>
        <Counts {...one} />
      </td>
      <td>{one.sampler}</td>
      <td>{one.owner ?? <span className="dim">–</span>}</td>
      <td className="number">{formatDuration(one.busyMilliseconds)}</td>
      <td>{formatAgo(one.updatedAt, Date.now())}</td>
      <td>
        <StudyMenu study={one} {...rest} />
      </td>
    </tr>
  )
}

function Progress(one: Listed) {
  const { finished, total } = one
  const left = timeLeft(one)
  if (total === null) return <>{finished}</>
  return (
    <>
      <span className="progress">
        <progress value={finished} max={total} aria-label={`${finished} of ${total} trials done`} /> {finished}/{total}
      </span>
      {left !== undefined && <div className="under">about {formatDuration(left)} left</div>}
    </>
  )
}

/** A bar of the states, and the same in words. */
function Counts({ complete: all, infeasible, pruned, failed, running, paused, queued }: Listed) {
  const counts = Object.entries({ complete: all - infeasible, infeasible, pruned, failed, running, paused }).filter(
    ([, count]) => count > 0,
  )
  const started = counts.reduce((sum, [, count]) => sum + count, 0)
  const words = [...counts, ...(queued > 0 ? [['queued', queued] as const] : [])]
  return (
    <>
      <span className="parts" aria-hidden="true">
        {counts.map(([state, count]) => (
          <i key={state} className={`part-${state}`} style={{ width: `${(100 * count) / started}%` }} />
        ))}
      </span>
      <div className="under">{words.map(([state, count]) => `${count} ${state}`).join(', ')}</div>
    </>
  )
}

/** What can be done to a study from the list of them. */
function StudyMenu({
  study: one,
  isDeleted,
  onChanged,
  onRemove,
  onRestore,
}: { study: Listed } & Pick<TableProps, 'isDeleted' | 'onChanged' | 'onRemove' | 'onRestore'>) {
  const [open, setOpen] = useState<'notes' | 'settings'>()
  const action = useAction()
  const { study, tags = [], note = '', archived = false } = one
  const close = () => {
    setOpen(undefined)
    onChanged()
  }
  const path = studyPath(study, '/note')
  if (isDeleted) {
    return (
      <button type="button" onClick={() => onRestore(study)}>
        Restore
      </button>
    )
  }
  return (
    <span className="buttons row-buttons">
      <StudyButtons
        name={study}
        state={one.state}
        action={{ ...action, ask: async (work, done) => action.ask(work, done).finally(onChanged) }}
      />
      <button type="button" aria-label={`settings of ${study}`} onClick={() => setOpen('settings')}>
        Settings
      </button>
      <button type="button" aria-label={`tags and note of ${study}`} onClick={() => setOpen('notes')}>
        Note
      </button>
      <button
        type="button"
        aria-label={`${archived ? 'take from the archive' : 'archive'}: ${study}`}
        onClick={() => action.ask(send('noteStudy', path, { archived: !archived }), '').then(onChanged)}
      >
        {archived ? 'Unarchive' : 'Archive'}
      </button>
      <button type="button" className="danger" aria-label={`delete ${study}`} onClick={() => onRemove(study)}>
        Delete
      </button>
      <span role="status" className="dim">
        {action.said}
      </span>
      {open === 'settings' && <SettingsDialog study={study} onClose={close} />}
      {open === 'notes' && (
        <NotesDialog
          title={`Notes on ${study}`}
          before={{ tags, note }}
          onSave={(notes) => send('noteStudy', path, { tags: [...notes.tags], note: notes.note })}
          onClose={close}
        />
      )}
    </span>
  )
}
