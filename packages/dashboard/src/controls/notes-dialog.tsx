import { useState } from 'react'
import { useAction } from './action.js'
import { Dialog } from './dialog.js'
import { DialogForm } from './dialog-form.js'

export interface Notes {
  readonly tags: readonly string[]
  readonly note: string
}

/** Tags and a note, of a study or of trials. */
export function NotesDialog({
  title,
  before,
  hint,
  onSave,
  onClose,
}: {
  title: string
  before: Notes
  hint?: string
  onSave: (notes: Notes) => Promise<unknown>
  onClose: () => void
}) {
  const [tags, setTags] = useState(before.tags.join(', '))
  const [note, setNote] = useState(before.note)
  const { said, isBusy, ask } = useAction()
  const save = async () => {
    if (
      await ask(
        onSave({ tags: tagsIn(tags), note }).then(() => true),
        '',
      )
    )
      onClose()
  }
  return (
    <Dialog title={title} onClose={onClose}>
      <DialogForm action="Save" isDisabled={isBusy} said={said} onSend={save}>
        <div className="fields">
          <label htmlFor="tags">Tags</label>
          <input
            id="tags"
            value={tags}
            placeholder="joined by commas"
            onChange={({ target }) => setTags(target.value)}
          />
          <label htmlFor="note">Note</label>
          <textarea id="note" rows={4} value={note} onChange={({ target }) => setNote(target.value)} />
        </div>
        {hint && <p className="dim">{hint}</p>}
      </DialogForm>
    </Dialog>
  )
}

function tagsIn(text: string): string[] {
  return [...new Set(text.split(',').flatMap((tag) => (tag.trim() === '' ? [] : [tag.trim()])))]
}

/** Tags as chips. */
export function Tags({ tags }: { tags: readonly string[] }) {
  return (
    <>
      {tags.map((tag) => (
        <span key={tag} className="tag">
          {tag}
        </span>
      ))}
    </>
  )
}
