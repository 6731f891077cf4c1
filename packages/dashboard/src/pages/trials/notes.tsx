import type { TrialRow } from '@parzen/core'
import { type Notes, NotesDialog } from '../../controls/notes-dialog.js'
import { send, studyPath } from '../../live/api.js'

/** Tags and note of one trial, or tags that several are to have as well. */
export function TrialNotesDialog({
  study,
  trials,
  onClose,
}: {
  study: string
  trials: readonly TrialRow[]
  onClose: () => void
}) {
  const [first, ...more] = trials
  if (!first) return null
  const path = studyPath(study, '/trials/notes')
  if (more.length === 0) {
    return (
      <NotesDialog
        title={`Notes on trial ${first.number}`}
        before={first}
        onSave={({ tags, note }) => send('noteTrials', path, { trials: [first.number], tags: [...tags], note })}
        onClose={onClose}
      />
    )
  }
  return (
    <NotesDialog
      title={`Notes on ${trials.length} trials`}
      before={{ tags: [], note: '' }}
      hint="The tags come to those that each trial has; a note takes the place of the old one, none leaves it."
      onSave={async (notes) => {
        for (const part of together(trials, notes)) await send('noteTrials', path, part)
      }}
      onClose={onClose}
    />
  )
}

/** What to send: trials whose tags come out alike go together. */
function together(trials: readonly TrialRow[], { tags, note }: Notes) {
  const groups = new Map<string, { trials: number[]; tags: string[] }>()
  for (const { number, tags: before } of trials) {
    const union = [...new Set([...before, ...tags])]
    const key = JSON.stringify(union)
    const group = groups.get(key) ?? { trials: [], tags: union }
    group.trials.push(number)
    groups.set(key, group)
  }
  return [...groups.values()].map((group) => (note === '' ? group : { ...group, note }))
}
