/** Rows of comma- or tab-separated text (RFC 4180: quotes may hold separators, line ends and doubled quotes), `most` at most. */
export function separated(text: string, separator: ',' | '\t', most: number): string[][] {
  const rows: string[][] = []
  let row: string[] = []
  let cell = ''
  let isQuoted = false
  const endRow = () => {
    row.push(cell)
    if (row.length > 1 || cell !== '') rows.push(row)
    row = []
    cell = ''
  }
  for (let i = 0; i < text.length && rows.length < most; i++) {
    const letter = text[i] as string
    if (isQuoted) {
      if (letter !== '"') cell += letter
      else if (text[i + 1] === '"') cell += text[++i]
      else isQuoted = false
    } else if (letter === '"' && cell === '') isQuoted = true
    else if (letter === separator) {
      row.push(cell)
      cell = ''
    } else if (letter === '\n') endRow()
    else if (letter !== '\r') cell += letter
  }
  if (rows.length < most) endRow()
  return rows
}
