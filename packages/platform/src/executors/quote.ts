/** Where in a shell command something stands: outside of quotes, or inside '…' or "…". */
export type QuoteContext = 'plain' | 'single' | 'double'

/**
 * Writes text so that a POSIX shell takes it literally at a place of that context.
 *
 * Plain words (all numbers) stay as they are. NUL cannot be passed to a program at all and is left out.
 */
export function quote(text: string, context: QuoteContext = 'plain'): string {
  const literal = text.replaceAll('\0', '')
  if (/^[\w./:@%+,-]+$/.test(literal)) return literal
  if (context === 'single') return literal.replaceAll("'", `'\\''`)
  if (context === 'double') return literal.replace(/[$`"\\]/g, '\\$&')
  return `'${literal.replaceAll("'", `'\\''`)}'`
}

/**
 * The context at each position of a command.
 *
 * Follows quotes and backslashes, not what is nested in `$(…)` inside double quotes, here-documents or comments.
 */
export function quoteContexts(command: string): readonly QuoteContext[] {
  let context: QuoteContext = 'plain'
  const contexts: QuoteContext[] = []
  for (let i = 0; i < command.length; i++) {
    contexts.push(context)
    const char = command[i]
    if (char === '\\' && context !== 'single') {
      i++
      contexts.push(context)
    } else if (char === "'" && context !== 'double') context = context === 'single' ? 'plain' : 'single'
    else if (char === '"' && context !== 'single') context = context === 'double' ? 'plain' : 'double'
  }
  return contexts
}
