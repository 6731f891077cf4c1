/** Something wrong in a sweep file; lines and columns from 1, undefined where it is wrong as a whole. */
export interface SweepProblem {
  readonly line?: number
  readonly column?: number
  readonly message: string
}

/** What the server says of a sweep file: `sweep:3:5: space.lr: expected …`, one a line. */
export function sweepProblems(lines: readonly string[]): SweepProblem[] {
  return lines.map((text) => {
    const found = /^sweep:(?:(\d+):(\d+): ?| )(.*)$/s.exec(text)
    if (!found) return { message: text }
    const [, line, column, message = ''] = found
    return line === undefined ? { message } : { line: Number(line), column: Number(column), message }
  })
}

/** Where a line of a text begins and ends. @param line from 1 */
export function lineSpan(text: string, line: number): readonly [number, number] {
  const lines = text.split('\n')
  const from = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0)
  return [from, from + (lines[line - 1]?.length ?? 0)]
}
