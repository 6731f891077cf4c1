import { type ReactNode, useEffect, useId, useRef } from 'react'
import './dialog.css'
import './forms.css'

/** A window over the page. Escape, a click beside it and the button close it; focus goes back to where it was. */
export function Dialog({ title, onClose, children }: { title: string; onClose: () => void; children: ReactNode }) {
  const element = useRef<HTMLDialogElement>(null)
  const heading = useId()
  useEffect(() => {
    const before = document.activeElement
    element.current?.showModal()
    return () => (before instanceof HTMLElement ? before.focus() : undefined)
  }, [])
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape does by keys what a click beside it does
    <dialog
      ref={element}
      className="dialog"
      aria-labelledby={heading}
      onCancel={(event) => {
        event.preventDefault()
        onClose()
      }}
      onClick={(event) => event.target === element.current && onClose()}
    >
      <div className="inside">
        <header>
          <h2 id={heading}>{title}</h2>
          <button type="button" aria-label="close" onClick={onClose}>
            ×
          </button>
        </header>
        {children}
      </div>
    </dialog>
  )
}
