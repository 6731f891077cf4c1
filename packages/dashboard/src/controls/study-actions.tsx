import type { StudySummary } from '@parzen/core'
import { useState } from 'react'
import { useAbout } from '../live/about.js'
import { send, studyPath } from '../live/api.js'
import { report } from '../live/report.js'
import { type Action, useAction } from './action.js'
import { Link, StateBadge } from './parts.js'
import { SettingsDialog } from './settings-dialog.js'

/** How the study stands, and the buttons that change it. */
export function StudyActions({ name, summary }: { name: string; summary: StudySummary }) {
  const action = useAction()
  const [isEditing, setEditing] = useState(false)
  return (
    <div className="actions">
      <StateBadge state={summary.state} />
      {!report && (
        <>
          <StudyButtons name={name} state={summary.state} action={action} />
          <button type="button" onClick={() => setEditing(true)}>
            Settings
          </button>
          <Link to={{ page: 'new', like: name }} className="button">
            New like this
          </Link>
        </>
      )}
      <span role="status" className="dim">
        {action.said}
      </span>
      {isEditing && <SettingsDialog study={name} onClose={() => setEditing(false)} />}
    </div>
  )
}

/** `running` is what the journal says, also where the process that ran it was killed: one that starts it takes over its trials. */
const canBeStarted: ReadonlySet<StudySummary['state']> = new Set(['open', 'interrupted', 'running'])

/** Stops a study, or lets it go on. */
export function StudyButtons({ name, state, action }: { name: string; state: StudySummary['state']; action: Action }) {
  const about = useAbout()
  const { ask, isBusy } = action
  const runs = (done: boolean) => (done ? 'it runs' : 'it runs here already')
  return (
    <>
      {(state === 'running' || state === 'open' || state === 'interrupted') && (
        <button
          type="button"
          disabled={isBusy}
          onClick={() => ask(send('stop', studyPath(name, '/stop'), {}), said('no new trials are started'))}
        >
          Stop
        </button>
      )}
      {state === 'stopping' && (
        <button
          type="button"
          disabled={isBusy}
          onClick={() =>
            ask(send('stop', studyPath(name, '/stop'), { now: true }), 'what runs is ended; a resumption continues it')
          }
        >
          End what runs
        </button>
      )}
      {state === 'stopped' && (
        <button
          type="button"
          disabled={isBusy}
          onClick={() => ask(send('resume', studyPath(name, '/resume'), undefined), said('trials may start again'))}
        >
          Resume
        </button>
      )}
      {canBeStarted.has(state) && about?.scopes.includes('define') && (
        <button
          type="button"
          disabled={isBusy}
          onClick={() => ask(send('start', studyPath(name, '/start'), undefined), ({ done }) => runs(done))}
        >
          Start here
        </button>
      )}
    </>
  )
}

function said(what: string): (reply: { readonly done: boolean }) => string {
  return ({ done }) => (done ? what : 'there was nothing to do')
}
