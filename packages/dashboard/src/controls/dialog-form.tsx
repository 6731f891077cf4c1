import type { ReactNode } from 'react'

/** What a dialog asks for, the button that sends it, and what came of that. */
export function DialogForm({
  action,
  isDisabled,
  said,
  onSend,
  children,
}: {
  /** What the button says. */
  action: string
  isDisabled: boolean
  said: string
  onSend: () => void
  children: ReactNode
}) {
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        // Enter sends it too
        if (!isDisabled) onSend()
      }}
    >
      {children}
      <p className="buttons">
        <button type="submit" className="primary" disabled={isDisabled}>
          {action}
        </button>
        <span role="status" className="problem">
          {said}
        </span>
      </p>
    </form>
  )
}
