import { change } from '../state/address.js'

/** A choice that stands in the address; the first option is what an address without it means. */
export function Choose({
  label,
  part,
  value,
  options,
}: {
  label: string
  /** Its key in the address. */
  part: string
  value: string
  options: readonly { readonly value: string; readonly text: string }[] | readonly string[]
}) {
  return (
    <label className="choose">
      {label}{' '}
      <select value={value} onChange={(event) => change({ [part]: event.target.value }, { replace: true })}>
        {options.map((option) => {
          const { value: own, text } = typeof option === 'string' ? { value: option, text: option } : option
          return (
            <option key={own} value={own}>
              {text}
            </option>
          )
        })}
      </select>
    </label>
  )
}

/** Yes or no, in the address as `yes` or not at all. */
export function Toggle({ label, part, value }: { label: string; part: string; value: string | undefined }) {
  const isOn = value === 'yes'
  return (
    <button type="button" aria-pressed={isOn} onClick={() => change({ [part]: isOn ? '' : 'yes' }, { replace: true })}>
      {label}
    </button>
  )
}
