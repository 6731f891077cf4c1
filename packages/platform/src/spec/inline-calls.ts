/**
 * YAML reads `{ a: uniform(0, 1) }` as two entries and refuses `x: choice(a: 0.7)`: commas, colons and brackets inside
 * the parentheses of a distribution are masked before the text is parsed and put back in every text of the result.
 * Masks have the same length, so that positions stay right; they are noncharacters, which no file may hold.
 */
import { distributionNames } from '@parzen/core'

const MASKED = ',:{}[]#"\'&*!|>%@`'
const FIRST = 0xfdd0
const NONCHARACTERS = /[\ufdd0-\ufdef]/g

const CALL = /(?<=(?:^[ \t]*|[:\-,?][ \t]+|["'][ \t]*:|[{[,][ \t]*)(?:&[^\s,[\]{}]+[ \t]+)?)([A-Za-z_]\w*)\(/gm

const PLAIN = /^[\w\s.,:=+-]*$/

/** Whether the text holds characters that only masks may be. */
export function hasNoncharacters(text: string): boolean {
  return text.search(NONCHARACTERS) >= 0
}

export function maskCalls(text: string): string {
  let result = ''
  let from = 0
  for (const match of text.matchAll(CALL)) {
    if (match.index < from) continue
    const open = match.index + match[0].length
    const close = closingParenthesis(text, open)
    if (close === undefined) continue
    const inside = text.slice(open, close)
    // a distribution with a slip in its name, to be told what it is; not a program in quotes
    if (!distributionNames.includes(match[1] as string) && !PLAIN.test(inside)) continue
    const inner = inside.replace(/[^\w\s().=+-]/g, (c) => {
      const k = MASKED.indexOf(c)
      return k < 0 ? c : String.fromCharCode(FIRST + k)
    })
    result += text.slice(from, open) + inner
    from = close
  }
  return result + text.slice(from)
}

/** Undefined if the call does not end on its line. */
function closingParenthesis(text: string, open: number): number | undefined {
  let quote = ''
  for (let i = open; i < text.length && text[i] !== '\n'; i++) {
    const c = text[i] as string
    if (quote) {
      if (c === '\\') i++
      else if (c === quote) quote = ''
    } else if (c === '"' || c === "'") quote = c
    else if (c === ')') return i
  }
  return undefined
}

export function unmask(text: string): string {
  return text.replace(NONCHARACTERS, (c) => MASKED[c.charCodeAt(0) - FIRST] ?? c)
}
