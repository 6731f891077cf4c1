import type { ReactNode } from 'react'

/** A sampler or a pruner: its name to choose, and beside it a field for its options, which are of the one chosen. */
export function NamedSelect({
  id,
  names,
  name,
  onName,
  children,
}: {
  id: string
  names: readonly string[]
  name: string
  /** The options so far are then of the old one. */
  onName: (name: string) => void
  /** The field for options, with `optionsField`. */
  children: ReactNode
}) {
  return (
    <span className="named">
      <select id={id} value={name} onChange={({ target }) => onName(target.value)}>
        {!names.includes(name) && <option>{name}</option>}
        {names.map((one) => (
          <option key={one}>{one}</option>
        ))}
      </select>
      {children}
    </span>
  )
}

/** What is said of the field for options, however what is typed there is taken. */
export function optionsField(what: string) {
  return { 'aria-label': `options of the ${what}`, placeholder: 'its usual options', spellCheck: false }
}
