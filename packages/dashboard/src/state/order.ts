import type { TrialRow } from '@parzen/core'
import { column } from './columns.js'

const words = new Intl.Collator('en', { numeric: true })

/**
 * Rows by a column, `-` in front: the greatest first. Pinned ones lead; numbers stand before words, what is not set stands last,
 * equal ones by number.
 */
export function inOrder(rows: readonly TrialRow[], sort: string): TrialRow[] {
  const [sign, key] = sort.startsWith('-') ? [-1, sort.slice(1)] : [1, sort]
  const keyed = rows.map((row) => ({ row, value: column(row, key) ?? undefined }))
  keyed.sort((a, b) => {
    if (a.row.pinned !== b.row.pinned) return a.row.pinned ? -1 : 1
    return compare(a.value, b.value, sign) || sign * (a.row.number - b.row.number)
  })
  return keyed.map(({ row }) => row)
}

type Value = string | number | boolean | undefined

function compare(a: Value, b: Value, sign: number): number {
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined)
  if (typeof a === 'number' && typeof b === 'number') return sign * (a - b)
  if (typeof a === 'number' || typeof b === 'number') return typeof a === 'number' ? -1 : 1
  return sign * words.compare(String(a), String(b))
}
