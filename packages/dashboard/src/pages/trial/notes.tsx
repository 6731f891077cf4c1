import type { TrialRow } from '@parzen/core'
import { useEffect, useState } from 'react'
import { useAction } from '../../controls/action.js'
import { Card } from '../../controls/parts.js'
import { send, studyPath } from '../../live/api.js'

/** Tags and a note beside a trial; what somebody else writes meanwhile is not overwritten by what is not touched here. */
export function Notes({ name, row }: { name: string; row: TrialRow }) {
  const [tags, setTags] = useState(row.tags.join(', '))
  const [note, setNote] = useState(row.note)
  const { said, isBusy, ask } = useAction()
  const before = { tags: row.tags.join(', '), note: row.note }
  useEffect(() => {
    setTags(before.tags)
    setNote(before.note)
  }, [before.tags, before.note])
  const isChanged = tags !== before.tags || note !== before.note
  return (
    <Card title="Tags and note">
      <form
        className="notes"
        onSubmit={(event) => {
          event.preventDefault()
          const list = [...new Set(tags.split(',').map((tag) => tag.trim()))].filter((tag) => tag !== '')
          ask(
            send('noteTrial', studyPath(name, `/trials/${row.number}/note`), {
              ...(tags === before.tags ? {} : { tags: list }),
              ...(note === before.note ? {} : { note }),
            }),
            'saved',
          )
        }}
      >
        <label>
          tags
          <input value={tags} placeholder="baseline, to check" onChange={(event) => setTags(event.target.value)} />
        </label>
        <label>
          note
          <textarea rows={3} value={note} onChange={(event) => setNote(event.target.value)} />
        </label>
        <span className="buttons">
          <button type="submit" disabled={!isChanged || isBusy}>
            Save
          </button>
          <span role="status" className="dim">
            {said}
          </span>
        </span>
      </form>
    </Card>
  )
}
