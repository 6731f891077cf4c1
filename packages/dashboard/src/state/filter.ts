import type { TrialRow } from '@parzen/core'

export type Predicate = (row: TrialRow) => boolean

/** One of the conditions that must all hold: as it was typed, and the names it speaks of. */
export interface Term {
  readonly text: string
  /** Where it begins in the filter. */
  readonly from: number
  /** Two or more conditions of which one is enough; without parentheses it is all there is. */
  readonly isOpen?: boolean
  readonly names: ReadonlySet<string>
  readonly passes: Predicate
}

/**
 * `loss < 0.1 and (optimizer in (adam, sgd) or depth not set)`: conditions joined by `and` and `or` (which binds less), with
 * parentheses and `not`. A condition is a name (a parameter, a metric, `state`, `trial`, `seconds`, `tag`) and one of
 * = != < <= > >= ~ (contains) with a value, `in (a, b)`, `not in (a, b)`, `is set`, `not set`. What has spaces or signs in it
 * stands in quotes.
 * @throws Error with what is wrong, in words for the one who typed it.
 */
export function parseFilter(text: string): Predicate {
  const terms = parseTerms(text)
  return (row) => terms.every(({ passes }) => passes(row))
}

/** The terms that `and` joins at the top; neighbours that speak of one and the same name are one term, as a stretch of an axis is. */
export function parseTerms(text: string): Term[] {
  const words = wordsOf(text)
  if (words.length === 0) return []
  const reader: Reader = { text, words, next: 0 }
  const any = readAny(reader)
  const left = reader.words[reader.next]
  if (left) throw new Error(left.text === ')' ? 'expected ( before )' : `expected and or or, got ${left.text}`)
  const [only, ...others] = any
  return others.length > 0 ? [{ ...joined(any, text, 0), isOpen: true }] : merged(only as Term[], text)
}

const OPERATOR = /^(<=|>=|!=|[=<>~])$/
const SIGNS = /[\s=<>!~"(),]/
const WORDS = new Set(['and', 'or', 'not', 'in', 'is', 'set'])

/** A name or value as it has to be written. */
export function quoted(text: string): string {
  return text === '' || SIGNS.test(text) || WORDS.has(text.toLowerCase()) ? `"${text.replaceAll('"', '')}"` : text
}

interface Word {
  /** Without quotes. */
  readonly text: string
  readonly isQuoted: boolean
  readonly from: number
  readonly to: number
}

interface Reader {
  readonly text: string
  readonly words: readonly Word[]
  next: number
}

function wordsOf(text: string): Word[] {
  return [...text.matchAll(/"[^"]*"|<=|>=|!=|[=<>~(),]|[^\s=<>!~"(),]+/g)].map(({ 0: word, index }) => ({
    text: word.replace(/^"|"$/g, ''),
    isQuoted: word.startsWith('"'),
    from: index,
    to: index + word.length,
  }))
}

function is(word: Word | undefined, ...wanted: readonly string[]): boolean {
  return word !== undefined && !word.isQuoted && wanted.includes(word.text.toLowerCase())
}

/** Terms joined by `and`, and lists of them joined by `or`. */
function readAny(reader: Reader): Term[][] {
  const any: Term[][] = [[readOne(reader)]]
  for (;;) {
    const joint = reader.words[reader.next]
    if (!is(joint, 'and', 'or')) return any
    reader.next++
    if (reader.next >= reader.words.length) throw new Error(`expected a condition after ${joint?.text}`)
    const one = readOne(reader)
    if (is(joint, 'or')) any.push([one])
    else any.at(-1)?.push(one)
  }
}

function readOne(reader: Reader): Term {
  const { text, words } = reader
  const [first, second] = words.slice(reader.next)
  if (is(first, 'not') && !OPERATOR.test(second?.text ?? '')) {
    reader.next++
    if (!second) throw new Error('expected a condition after not')
    const one = readOne(reader)
    return { ...one, ...span(text, first?.from, endOf(reader)), passes: (row) => !one.passes(row) }
  }
  if (!is(first, '(')) return readCondition(reader)
  reader.next++
  if (reader.next >= words.length) throw new Error('expected a condition after (')
  const any = readAny(reader)
  if (!is(words[reader.next], ')')) throw new Error('expected ) to close (')
  reader.next++
  return joined(any, text, first?.from, endOf(reader))
}

function span(text: string, from = 0, to = text.length): { readonly text: string; readonly from: number } {
  return { text: text.slice(from, to).trim(), from }
}

function endOf({ words, next }: Reader): number {
  return words[next - 1]?.to ?? 0
}

function joined(any: readonly (readonly Term[])[], text: string, from?: number, to?: number): Term {
  const names = new Set(any.flat().flatMap((term) => [...term.names]))
  return { ...span(text, from, to), names, passes: (row) => any.some((all) => all.every(({ passes }) => passes(row))) }
}

function merged(terms: readonly Term[], text: string): Term[] {
  const found: Term[] = []
  for (const term of terms) {
    const last = found.at(-1)
    const [name] = term.names
    const isSame = last?.names.size === 1 && term.names.size === 1 && last.names.has(name as string)
    if (isSame) found[found.length - 1] = joined([[last, term]], text, last.from, term.from + term.text.length)
    else found.push(term)
  }
  return found
}

function readCondition(reader: Reader): Term {
  const rest = reader.words.slice(reader.next)
  const [name, second, third, fourth] = rest
  const take = (count: number, passes: Predicate): Term => {
    reader.next += count
    return { ...span(reader.text, name?.from, endOf(reader)), names: new Set([name?.text ?? '']), passes }
  }
  const wrong = () => new Error(`expected name = value, got ${reader.text.slice(name?.from).trim()}`)
  if (!name || (!name.isQuoted && (OPERATOR.test(name.text) || is(name, '(', ')', ',')))) throw wrong()
  const isNot = is(second, 'not') || (is(second, 'is') && is(third, 'not'))
  const [what, after] = is(second, 'is') && isNot ? [fourth, 4] : is(second, 'is', 'not') ? [third, 3] : [second, 2]
  if (is(second, 'is', 'not') && is(what, 'set')) return take(after, (row) => isSet(row, name.text) !== isNot)
  if (is(what, 'in') && !is(second, 'is')) {
    const values = readList(reader, after)
    return take(after + 2 * values.length + 1, among(name.text, values, isNot))
  }
  if (!second || !third || second.isQuoted || !OPERATOR.test(second.text)) throw wrong()
  if (!third.isQuoted && (OPERATOR.test(third.text) || is(third, '(', ')', ','))) throw wrong()
  return take(3, compare(name.text, second.text, third.text))
}

/** `(a, b)` from there on. */
function readList({ words, next }: Reader, after: number): string[] {
  const rest = words.slice(next + after)
  const values: string[] = []
  if (!is(rest[0], '(')) throw new Error(`expected (a, b) after in, got ${rest[0]?.text ?? 'nothing'}`)
  for (let i = 1; ; i += 2) {
    const [value, sign] = [rest[i], rest[i + 1]]
    if (!value || is(value, '(', ')', ','))
      throw new Error(`expected a value in the list, got ${value?.text ?? 'its end'}`)
    values.push(value.text)
    if (is(sign, ')')) return values
    if (!is(sign, ',')) throw new Error(`expected , or ) after ${value.text}, got ${sign?.text ?? 'the end'}`)
  }
}

function isSet(row: TrialRow, name: string): boolean {
  return cell(row, name) !== undefined
}

function among(name: string, wanted: readonly string[], isNot: boolean): Predicate {
  const each = wanted.map((value) => compare(name, '=', value))
  return (row) => each.some((equals) => equals(row)) !== isNot
}

function compare(name: string, operator: string, wanted: string): Predicate {
  const number = wanted.trim() === '' ? Number.NaN : Number(wanted)
  const passes = (value: string | number | boolean | null) => {
    const text = String(value)
    if (operator === '~') return text.toLowerCase().includes(wanted.toLowerCase())
    if (operator === '=' || operator === '!=')
      return typeof value === 'number' && !Number.isNaN(number) ? value === number : text === wanted
    const x = Number(value)
    if (operator === '<') return x < number
    if (operator === '<=') return x <= number
    return operator === '>' ? x > number : x >= number
  }
  const isNot = operator === '!='
  if (name === 'tag') return (row) => tagsOf(row).some(passes) !== isNot
  return (row) => {
    const value = cell(row, name)
    return value === undefined ? isNot : passes(value) !== isNot
  }
}

function tagsOf(row: TrialRow): readonly string[] {
  return (row as { readonly tags?: readonly string[] }).tags ?? []
}

/** What stands in a column of a trial; undefined where it is not set. */
export function cell(row: TrialRow, name: string): string | number | boolean | null | undefined {
  if (name === 'trial' || name === 'number') return row.number
  if (name === 'state') return row.state
  if (name === 'seconds') return row.finishedAt === null ? undefined : (row.finishedAt - row.startedAt) / 1000
  if (name === 'tag') return tagsOf(row).join(', ') || undefined
  if (name === 'cause') return row.cause ?? undefined
  if (Object.hasOwn(row.params, name)) return row.params[name]
  if (name === 'feasible' && row.feasible !== null) return row.feasible ? 'yes' : 'no'
  return row.metrics[name]
}
