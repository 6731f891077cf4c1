import { type InputHTMLAttributes, useState } from 'react'

/** A number that is told while it is typed, each time what stands there is one. */
export function NumberField({
  value,
  onNumber,
  isOptional = false,
  isWhole = false,
  ...rest
}: {
  value: number | undefined
  /** Undefined: nothing stands there. */
  onNumber: (value: number | undefined) => void
  isOptional?: boolean
  isWhole?: boolean
} & Omit<InputHTMLAttributes<HTMLInputElement>, 'value' | 'onChange'>) {
  // what is typed is shown as typed: 1e- is on its way to 1e-5
  const [typed, setTyped] = useState<{ readonly text: string; readonly of: number | undefined }>()
  const text = typed !== undefined && Object.is(typed.of, value) ? typed.text : written(value)
  return (
    <input
      {...rest}
      inputMode={isWhole ? 'numeric' : 'decimal'}
      value={text}
      aria-invalid={numberOf(text, isOptional, isWhole) === 'wrong'}
      onChange={({ target }) => {
        const now = numberOf(target.value, isOptional, isWhole)
        setTyped({ text: target.value, of: now === 'wrong' ? value : now })
        if (now !== 'wrong') onNumber(now)
      }}
    />
  )
}

/** As short as it can be without a digit less. */
function written(value: number | undefined): string {
  if (value === undefined) return ''
  const size = Math.abs(value)
  return size !== 0 && (size < 1e-3 || size >= 1e7) ? value.toExponential().replace('e+', 'e') : String(value)
}

function numberOf(text: string, isOptional: boolean, isWhole: boolean): number | undefined | 'wrong' {
  if (text.trim() === '') return isOptional ? undefined : 'wrong'
  const value = Number(text)
  return Number.isFinite(value) && (!isWhole || Number.isInteger(value)) ? value : 'wrong'
}
