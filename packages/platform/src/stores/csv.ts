/** One record, RFC 4180: quoted where needed, quotes doubled; `undefined` and `null` are empty. */
export function csvLine(cells: readonly (string | number | boolean | null | undefined)[]): string {
  return cells.map(csvCell).join(',')
}

function csvCell(cell: string | number | boolean | null | undefined): string {
  if (cell === undefined || cell === null) return ''
  const text = String(cell)
  // spaces at the ends too: many readers strip them from bare cells
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
