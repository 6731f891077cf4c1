import { padEnd, truncate } from './format/width.js'
import type { Terminal } from './terminal.js'

/** What a page of text is made for. */
export type Page = Pick<Terminal, 'colors' | 'size'>

export function printLines(terminal: Terminal, lines: readonly string[]): void {
  const { columns } = terminal.size()
  for (const line of lines) terminal.print(truncate(line, columns))
}

/** Names and what they are, aligned. */
export function fields(dim: (text: string) => string, pairs: readonly (readonly [string, string])[]): string[] {
  const widest = Math.max(...pairs.map(([name]) => name.length))
  return pairs.map(([name, text]) => `  ${dim(padEnd(name, widest))}  ${text}`)
}
