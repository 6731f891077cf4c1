import { type InputHTMLAttributes, useState } from 'react'

/** A text that counts once it is typed to its end: on Enter, or when the focus goes on. One that is refused is taken back. */
export function CommitField({
  value,
  onCommit,
  ...rest
}: {
  value: string
  onCommit: (text: string) => void
} & Omit<InputHTMLAttributes<HTMLInputElement>, 'value' | 'onChange'>) {
  const [typed, setTyped] = useState<string>()
  const commit = () => {
    if (typed !== undefined && typed !== value) onCommit(typed)
    setTyped(undefined)
  }
  return (
    <input
      {...rest}
      value={typed ?? value}
      onChange={({ target }) => setTyped(target.value)}
      onBlur={commit}
      onKeyDown={(event) => {
        if (event.key === 'Enter') commit()
        if (event.key === 'Escape') setTyped(undefined)
      }}
    />
  )
}
