import { ParzenError } from '../error.js'

/** Where in an authoring tree something was found: its name for people, its keys from the root for programs. */
export interface Place {
  readonly name: string
  readonly path: readonly (string | number)[]
}

export function fail(place: Place, code: string, text: string, more: { hint?: string; offset?: number } = {}): never {
  throw new ParzenError(code, place.name ? `${place.name}: ${text}` : text, { ...more, path: place.path })
}

/** What came, in an error message: JSON, cut short. */
export function show(value: unknown): string {
  if (value === undefined || value === null) return value === null ? 'null' : 'nothing'
  if (typeof value === 'number') return String(value)
  if (typeof value !== 'object') return clip(JSON.stringify(value))
  // an outline, not JSON: the value may be cyclic or huge
  return Array.isArray(value) ? `a list of ${value.length}` : `{ ${clip(Object.keys(value).join(', '))} }`
}

function clip(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}…` : text
}
