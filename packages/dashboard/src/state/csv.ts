import type { TrialRow } from '@parzen/core'
import { column } from './columns.js'

/** A line a trial, after one with the names of the columns. */
export function csv(rows: readonly TrialRow[], columns: readonly string[]): string {
  const all = ['trial', 'state', ...columns]
  return [all, ...rows.map((row) => all.map((name) => column(row, name)))]
    .map((line) => line.map(quoted).join(','))
    .join('\n')
}

function quoted(value: unknown): string {
  const text = value === undefined || value === null ? '' : String(value)
  // a spreadsheet would take these for formulas
  const safe = typeof value === 'string' && /^[=+@\t\r-]/.test(text) ? `'${text}` : text
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
