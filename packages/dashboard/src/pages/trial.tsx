import type { Space, TrialRow } from '@parzen/core'
import { useEffect, useMemo, useState } from 'react'
import { useAction } from '../controls/action.js'
import { EnqueueDialog } from '../controls/enqueue-dialog.js'
import { Card, Empty, Link } from '../controls/parts.js'
import { send, studyPath } from '../live/api.js'
import { report } from '../live/report.js'
import { useSchedule } from '../live/schedule.js'
import { change, useAddress } from '../state/address.js'
import { useChosen } from '../state/chosen.js'
import type { StudyPageProps } from './page.js'
import { Artifacts } from './trial/artifacts.js'
import { Facts } from './trial/facts.js'
import { Log } from './trial/log.js'
import { Notes } from './trial/notes.js'
import { Parameters } from './trial/parameters.js'
import { ScheduleCard } from './trial/schedule.js'
import { TrialCurves } from './trial/trial-curves.js'
import { Why } from './trial/why.js'
import './trial.css'

/** All about one trial. */
export function TrialPage({ name, live: { state }, rows, shown }: StudyPageProps) {
  const { trial = '' } = useAddress()
  const row = rows[Number(trial)]
  const schedule = useSchedule(name, state, row)
  if (!row || trial === '')
    return (
      <Empty>
        Study {name} has no trial {trial}.
      </Empty>
    )
  return (
    <>
      <Neighbours shown={shown} number={row.number} />
      <div className="grid" key={row.number}>
        <Card title={`Trial ${row.number}`} aside={<Buttons name={name} row={row} space={state.spec?.space ?? {}} />}>
          <Facts name={name} row={row} spec={state.spec} schedule={schedule} />
        </Card>
        <Parameters state={state} row={row} />
        {schedule?.trial === row.number && (
          <ScheduleCard name={name} schedule={schedule} space={state.spec?.space ?? {}} />
        )}
        <TrialCurves name={name} state={state} row={row} />
        <Why name={name} row={row} record={state.trials[row.number]} />
        {report ? row.note !== '' && <Card title="Note">{row.note}</Card> : <Notes name={name} row={row} />}
        {!report && <Artifacts name={name} row={row} />}
        {!report && <Log name={name} row={row} />}
      </div>
    </>
  )
}

/** To the trial before and after, of those that pass the filter; also by the arrow keys while nothing else has them. */
function Neighbours({ shown, number }: { shown: readonly TrialRow[]; number: number }) {
  const address = useAddress()
  const [before, after] = useMemo(
    () => [shown.findLast((row) => row.number < number), shown.find((row) => row.number > number)],
    [shown, number],
  )
  useEffect(() => {
    const press = ({ key, altKey, ctrlKey, metaKey }: KeyboardEvent) => {
      if (document.activeElement !== document.body || altKey || ctrlKey || metaKey) return
      const next = key === 'ArrowLeft' ? before : key === 'ArrowRight' ? after : undefined
      if (next) change({ trial: String(next.number) }, { replace: true })
    }
    addEventListener('keydown', press)
    return () => removeEventListener('keydown', press)
  }, [before, after])
  return (
    <p className="neighbours">
      {before && <Link to={{ ...address, trial: String(before.number) }}>← trial {before.number}</Link>}
      {after && <Link to={{ ...address, trial: String(after.number) }}>trial {after.number} →</Link>}
    </p>
  )
}

function Buttons({ name, row, space }: { name: string; row: TrialRow; space: Space }) {
  const [isAsking, setAsking] = useState(false)
  const { chosen, toggle } = useChosen()
  const { said, isBusy, ask } = useAction()
  const path = studyPath(name, `/trials/${row.number}`)
  return (
    <span className="buttons">
      <button type="button" aria-pressed={chosen.has(row.number)} onClick={() => toggle(row.number)}>
        choose
      </button>
      {!report && (
        <>
          <button
            type="button"
            aria-pressed={row.pinned}
            disabled={isBusy}
            onClick={() => ask(send('noteTrial', `${path}/note`, { pinned: !row.pinned }), '')}
          >
            pin
          </button>
          {row.finishedAt === null ? (
            <button
              type="button"
              disabled={isBusy}
              onClick={() => ask(send('stopTrial', `${path}/stop`, undefined), 'it is being ended')}
            >
              Stop it
            </button>
          ) : (
            <button
              type="button"
              disabled={isBusy}
              onClick={() => ask(send('retryTrial', `${path}/retry`, undefined), 'it is queued again')}
            >
              Run it again
            </button>
          )}
          <button type="button" onClick={() => setAsking(true)}>
            Variant …
          </button>
        </>
      )}
      {isAsking && (
        <EnqueueDialog
          study={name}
          space={space}
          from={row.params}
          title={`A variant of trial ${row.number}`}
          onClose={() => setAsking(false)}
        />
      )}
      <span role="status" className="dim">
        {said}
      </span>
    </span>
  )
}
