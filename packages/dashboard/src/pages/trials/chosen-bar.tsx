import type { TrialRow } from '@parzen/core'
import { useAction } from '../../controls/action.js'
import { Link } from '../../controls/parts.js'
import { send, studyPath } from '../../live/api.js'
import { useAddress } from '../../state/address.js'

/** What can be done with the chosen trials. */
export function ChosenBar({
  name,
  rows,
  onNotes,
  onVariant,
}: {
  name: string
  rows: readonly TrialRow[]
  onNotes: () => void
  onVariant: (row: TrialRow) => void
}) {
  const { filter = '', chosen = '' } = useAddress()
  const { said, isBusy, ask } = useAction()
  const [first, ...more] = rows
  if (!first) return null
  const trials = rows.map(({ number }) => number)
  const running = rows.filter(({ finishedAt }) => finishedAt === null).length
  const isPinned = rows.every(({ pinned }) => pinned)
  const path = (what: string) => studyPath(name, `/trials/${what}`)
  return (
    <div className="chosen-bar">
      <strong>{rows.length === 1 ? `trial ${first.number}` : `${rows.length} trials`}:</strong>
      {more.length > 0 && (
        <Link className="button" to={{ study: name, page: 'compare', filter, chosen }}>
          Compare
        </Link>
      )}
      <button type="button" disabled={isBusy} onClick={onNotes}>
        Tags, note
      </button>
      <button
        type="button"
        disabled={isBusy}
        onClick={() => ask(send('noteTrials', path('notes'), { trials, pinned: !isPinned }), '')}
      >
        {isPinned ? 'Unpin' : 'Pin'}
      </button>
      {running > 0 && (
        <button
          type="button"
          className="danger"
          disabled={isBusy}
          onClick={() => ask(send('stopTrials', path('stop'), { trials }), ({ done }) => `${done} are being ended`)}
        >
          Stop {running === rows.length ? '' : `the ${running} that run`}
        </button>
      )}
      <button
        type="button"
        disabled={isBusy}
        onClick={() => ask(send('retryTrials', path('retry'), { trials }), ({ done }) => `${done} queued again`)}
      >
        Run again
      </button>
      {more.length === 0 && (
        <button type="button" onClick={() => onVariant(first)}>
          Enqueue a variant
        </button>
      )}
      <span role="status" className="dim">
        {said}
      </span>
    </div>
  )
}
