import type { TrialRow } from '@parzen/core'
import { column } from './columns.js'

const words = new Intl.Collator('en', { numeric: true })

/**
 * Rows by a column, `-` in front: the greatest first. Pinned ones lead; numbers stand before words, what is not set stands last,
 * equal ones by number.
 * @param rows by number
 */
export function inOrder(rows: readonly TrialRow[], sort: string): TrialRow[] {
  const [sign, key] = sort.startsWith('-') ? [-1, sort.slice(1)] : [1, sort]
  const values = rows.map((row) => column(row, key))
  const placeOf = placesOf(values)
  const places = new Float64Array(rows.length)
  const groups = { pinned: newKinds(), others: newKinds() }
  values.forEach((value, i) => {
    const kind = kindOf(value)
    places[i] = kind === 'number' ? (value as number) : kind === 'word' ? (placeOf.get(String(value)) as number) : 0
    groups[rows[i]?.pinned ? 'pinned' : 'others'][kind].push(i)
  })
  // indices and numbers in typed arrays: four times as fast as a comparison of rows, which is felt from 50,000 on
  const sorted = (indices: readonly number[]) =>
    Uint32Array.from(indices).sort((a, b) => sign * ((places[a] as number) - (places[b] as number)) || sign * (a - b))
  return [groups.pinned, groups.others].flatMap(({ number, word, unset }) =>
    [number, word, unset].flatMap((indices) => Array.from(sorted(indices), (i) => rows[i] as TrialRow)),
  )
}

type Kinds = { readonly [K in 'number' | 'word' | 'unset']: number[] }

function newKinds(): Kinds {
  return { number: [], word: [], unset: [] }
}

function kindOf(value: unknown): keyof Kinds {
  if (value === undefined || value === null || Number.isNaN(value)) return 'unset'
  return typeof value === 'number' ? 'number' : 'word'
}

/** Of each word its place among all that there are. */
function placesOf(values: readonly unknown[]): ReadonlyMap<string, number> {
  const found = new Set(values.filter((value) => kindOf(value) === 'word').map(String))
  return new Map([...found].sort(words.compare).map((word, i) => [word, i]))
}
