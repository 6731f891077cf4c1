import type { TrialRow } from '@parzen/core'
import { type AnchorHTMLAttributes, type ReactNode, useState } from 'react'
import type { ApiError } from '../live/api.js'
import { type Address, go, hrefOf } from '../state/address.js'

/** A link within the dashboard. */
export function Link({ to, ...rest }: { to: Address } & AnchorHTMLAttributes<HTMLAnchorElement>) {
  return (
    <a
      {...rest}
      href={hrefOf(to)}
      onClick={(event) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return
        event.preventDefault()
        go(to)
      }}
    />
  )
}

export function StateBadge({ state }: { state: string }) {
  return <span className={`badge state-${state}`}>{state}</span>
}

/** Of a trial; a complete one that breaks a constraint is no candidate, so that is what it says. */
export function TrialBadge({ row: { state, feasible } }: { row: Pick<TrialRow, 'state' | 'feasible'> }) {
  return <StateBadge state={feasible === false ? 'infeasible' : state} />
}

/** @param span how wide it is where there is room */
export function Card({
  title,
  aside,
  span,
  children,
}: {
  title: string
  aside?: ReactNode
  span?: 'two' | 'all'
  children: ReactNode
}) {
  return (
    <section className={`card ${span ?? ''}`} aria-label={title}>
      <header>
        <h2>{title}</h2>
        {aside}
      </header>
      {children}
    </section>
  )
}

export function CopyButton({ text, label }: { text: string; label: string }) {
  const [isDone, setDone] = useState(false)
  return (
    <button
      type="button"
      onClick={() => {
        navigator.clipboard.writeText(text).then(() => {
          setDone(true)
          setTimeout(() => setDone(false), 1500)
        })
      }}
    >
      {isDone ? 'copied' : label}
    </button>
  )
}

export function Failure({ error }: { error: ApiError }) {
  return (
    <div className="notice error" role="alert">
      <strong>{error.message}</strong>
      {error.hint && <p>{error.hint}</p>}
    </div>
  )
}

export function Empty({ children }: { children: ReactNode }) {
  return <p className="notice">{children}</p>
}

/** What may be wider than the page: it scrolls by itself, also by keys. */
export function Scroll({ label, children }: { label: string; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: whoever has no mouse scrolls it by keys
    <section className="scroll" tabIndex={0} aria-label={label}>
      {children}
    </section>
  )
}
