import { padEnd, padStart, truncate, visibleWidth } from './width.js'

export interface Column {
  readonly title: string
  readonly align?: 'right'
  /** May be cut to fit the terminal. */
  readonly flexible?: boolean
}

const GAP = 2
const NARROWEST = 6

/** A heading and one line a row, within `width` columns: flexible columns shrink, the widest first. */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  { width, heading = (text) => text }: { width: number; heading?: (text: string) => string },
): string[] {
  const natural = columns.map((column, i) =>
    rows.reduce((most, row) => Math.max(most, visibleWidth(row[i] ?? '')), visibleWidth(column.title)),
  )
  const widths = fit(columns, natural, width)
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, i) => {
        const space = widths[i] as number
        const cut = truncate(cell, space)
        return columns[i]?.align === 'right' ? padStart(cut, space) : padEnd(cut, space)
      })
      .join(' '.repeat(GAP))
      .trimEnd()
  return [heading(line(columns.map((column) => column.title))), ...rows.map(line)].map((text) => truncate(text, width))
}

function fit(columns: readonly Column[], natural: readonly number[], width: number): number[] {
  const widths = [...natural]
  let over = widths.reduce((sum, w) => sum + w, GAP * (widths.length - 1)) - width
  while (over > 0) {
    let widest = -1
    columns.forEach((column, i) => {
      if (column.flexible && (widths[i] as number) > Math.max(NARROWEST, widths[widest] ?? 0)) widest = i
    })
    if (widest === -1) break
    widths[widest] = (widths[widest] as number) - 1
    over--
  }
  return widths
}
