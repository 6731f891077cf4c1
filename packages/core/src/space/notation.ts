import { closest, didYouMean } from './closest.js'
import type { Choice } from './distribution.js'
import { forms, usage } from './forms.js'
import { fail, type Place, show } from './place.js'

/** An authoring tree: groups, distributions in string or object form, lists, constants. Plain JSON. */
export type Tree = Choice | readonly Tree[] | { readonly [key: string]: Tree }
export type TreeObject = { readonly [key: string]: Tree }

/** Every name that may stand before a parenthesis. */
export const distributionNames: readonly string[] = [...Object.keys(forms), 'choice', 'pchoice']

/** Whether a string in an authoring tree is meant as a distribution. */
export function isNotation(text: string): boolean {
  return /^\s*[A-Za-z_]\w*\s*\(/.test(text)
}

interface Token {
  readonly kind: 'word' | 'string' | 'mark' | 'end'
  readonly text: string
  readonly at: number
}

/** One item between commas: a value, `key=value` or `value: weight`. */
interface Item {
  readonly value: Token
  readonly key?: Token
  readonly weight?: Token
}

/**
 * The string form to the object form: `int(1, 512, log)` to `{ int: [1, 512], log: true }`.
 *
 * Grammar: `name(item, …)` or, as in other tools, `name([item, …])`, an item being a value, `key=value`, the flag `log`, or
 * `value: weight`; values are numbers, true, false, null, words, and strings in single or double quotes with backslash escapes.
 * @throws ParzenError `space/notation` with the `offset` of the fault.
 */
export function parseNotation(text: string, place: Place = { name: '', path: [] }): TreeObject {
  const { name, items } = parseCall(text, place)
  if (!distributionNames.includes(name.text)) {
    const near = closest(name.text, distributionNames)
    fail(place, 'space/notation', `expected a distribution, got ${show(name.text)}`, {
      hint: near ? `did you mean ${near}?` : `a text with a parenthesis is written choice(${quote(text)})`,
      offset: name.at,
    })
  }
  if (name.text === 'choice' || name.text === 'pchoice') return choiceObject(name, items, place)
  return numericObject(name, items, place)
}

function parseCall(text: string, place: Place): { name: Token; items: Item[] } {
  const tokens = tokenize(text, place)
  let i = 0
  const next = () => tokens[Math.min(i++, tokens.length - 1)] as Token
  const peek = () => tokens[Math.min(i, tokens.length - 1)] as Token
  const unexpected = (token: Token, wanted: string): never =>
    fail(place, 'space/notation', `expected ${wanted}, got ${token.kind === 'end' ? 'the end' : token.text}`, {
      offset: token.at,
    })
  const value = (wanted: string): Token => {
    const token = next()
    return token.kind === 'word' || token.kind === 'string' ? token : unexpected(token, wanted)
  }
  const name = value('a distribution')
  if (peek().text !== '(') unexpected(peek(), '(')
  next()
  const end = peek().text === '[' ? ']' : ')'
  if (end === ']') next()
  const items: Item[] = []
  while (peek().text !== end || peek().kind !== 'mark') {
    const first = value(items.length > 0 ? 'a value after the comma' : `a value or ${end}`)
    const mark = peek().kind === 'mark' ? peek().text : ''
    if (mark === '=' || mark === ':') next()
    items.push(
      mark === '='
        ? { key: first, value: value(`a value for ${first.text}`) }
        : mark === ':'
          ? { value: first, weight: value(`a weight for ${first.text}`) }
          : { value: first },
    )
    if (peek().kind === 'mark' && peek().text === ',') next()
    else if (peek().text !== end || peek().kind !== 'mark') unexpected(peek(), `, or ${end}`)
  }
  next()
  if (end === ']' && next().text !== ')') unexpected(tokens[i - 1] as Token, ')')
  if (peek().kind !== 'end') unexpected(peek(), 'nothing after )')
  return { name, items }
}

const WORD = /[^\s,():=[\]'"]+/y
const STRING = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/y

function tokenize(text: string, place: Place): Token[] {
  const tokens: Token[] = []
  let at = 0
  while (at < text.length) {
    const c = text[at] as string
    if (/\s/.test(c)) {
      at++
      continue
    }
    if ('(),:=[]'.includes(c)) {
      tokens.push({ kind: 'mark', text: c, at })
      at++
      continue
    }
    const pattern = c === '"' || c === "'" ? STRING : WORD
    pattern.lastIndex = at
    const found = pattern.exec(text)?.[0]
    if (found === undefined) fail(place, 'space/notation', `expected a closing ${c}, got the end`, { offset: at })
    tokens.push({ kind: pattern === WORD ? 'word' : 'string', text: found, at })
    at += found.length
  }
  tokens.push({ kind: 'end', text: '', at: text.length })
  return tokens
}

const NUMBER = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/
/** As in YAML's core schema, so that a value means the same inside and outside a choice. */
const WORDS: { readonly [word: string]: Choice } = {
  true: true,
  True: true,
  TRUE: true,
  false: false,
  False: false,
  FALSE: false,
  null: null,
  Null: null,
  NULL: null,
  '~': null,
}

function choiceOf(token: Token): Choice {
  if (token.kind === 'string') return unquote(token.text)
  if (NUMBER.test(token.text)) return Number(token.text) + 0
  return Object.hasOwn(WORDS, token.text) ? (WORDS[token.text] as Choice) : token.text
}

function unquote(text: string): string {
  return text.slice(1, -1).replace(/\\(u[0-9a-fA-F]{4}|.)/gs, (_, code: string) => {
    if (code.length === 5) return String.fromCharCode(Number.parseInt(code.slice(1), 16))
    return { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f' }[code] ?? code
  })
}

function numberOf(token: Token, what: string, place: Place): number {
  if (token.kind === 'word' && NUMBER.test(token.text)) return Number(token.text) + 0
  return fail(place, 'space/notation', `expected a number for ${what}, got ${token.text}`, { offset: token.at })
}

function numericObject(name: Token, items: readonly Item[], place: Place): TreeObject {
  const { args, optional = 0, options } = forms[name.text] as (typeof forms)[string]
  const known: readonly string[] = [...args, ...options]
  const positional: Token[] = []
  const object: Record<string, Tree> = {}
  for (const { key, value, weight } of items) {
    const flag = !key && value.kind === 'word' && value.text === 'log'
    if (weight) fail(place, 'space/notation', `expected ${usage(name.text)}, got a weight`, { offset: weight.at })
    const option = flag ? 'log' : key?.text
    if (option === undefined) positional.push(value)
    else if (!known.includes(option)) {
      const hint = didYouMean(option, known)
      fail(place, 'space/notation', `expected ${usage(name.text)}, got ${option}`, { hint, offset: (key ?? value).at })
    } else if (option in object) {
      fail(place, 'space/notation', `expected ${option} once, got it twice`, { offset: (key ?? value).at })
    } else if (option === 'log') object[option] = flag || choiceOf(value)
    else object[option] = numberOf(value, option, place)
  }
  const named = args.filter((arg) => arg in object)
  const free = args.filter((arg) => !(arg in object))
  const most = free.length
  const least = Math.max(0, free.length - optional)
  if (positional.length > most || positional.length < least) {
    const count = positional.length + named.length
    const got = `${count} ${count === 1 ? 'value' : 'values'}`
    fail(place, 'space/notation', `expected ${usage(name.text)}, got ${got}`, { offset: (positional[most] ?? name).at })
  }
  const filled = free.slice(most - positional.length)
  filled.forEach((arg, i) => {
    object[arg] = numberOf(positional[i] as Token, arg, place)
  })
  const list = args.filter((arg) => arg in object).map((arg) => object[arg] as Tree)
  const rest = Object.entries(object).filter(([key]) => !args.includes(key))
  return { [name.text]: list, ...Object.fromEntries(rest) }
}

function choiceObject(name: Token, items: readonly Item[], place: Place): TreeObject {
  const weighted = name.text === 'pchoice' || items.some((item) => item.weight)
  for (const { key, value, weight } of items) {
    if (key) fail(place, 'space/notation', `expected ${usage(name.text)}, got ${key.text}=`, { offset: key.at })
    if (weighted && !weight) {
      fail(place, 'space/notation', `expected a weight for ${value.text}, got none`, { offset: value.at })
    }
  }
  const values = items.map((item) => choiceOf(item.value))
  if (!weighted) return { choice: values }
  const weights = items.map((item) => numberOf(item.weight as Token, `the weight of ${item.value.text}`, place))
  if (name.text === 'choice') return { choice: values, weights }
  return { pchoice: values.map((value, i) => [weights[i] as number, value]) }
}

/** The object form to the string form; undefined if there is none, as for options with parameters of their own. */
export function formatNotation(object: TreeObject): string | undefined {
  const name = Object.keys(object).find((key) => distributionNames.includes(key))
  const given = name === undefined ? undefined : object[name]
  if (name === undefined || !Array.isArray(given)) return undefined
  if (name === 'pchoice') {
    const pairs = given as readonly (readonly [number, Choice])[]
    return `pchoice(${pairs.map(([weight, value]) => `${format(value)}: ${weight}`).join(', ')})`
  }
  if (name === 'choice') {
    const weights = object['weights'] as readonly number[] | undefined
    return `choice(${given.map((v, i) => format(v as Choice) + (weights ? `: ${weights[i]}` : '')).join(', ')})`
  }
  const options = Object.entries(object)
    .filter(([key, value]) => key !== name && value !== false)
    .map(([key, value]) => (value === true ? key : `${key}=${String(value)}`))
  return `${name}(${[...given.map(String), ...options].join(', ')})`
}

function format(value: Choice): string {
  if (typeof value !== 'string') return String(value)
  const bare = /^[^\s,():=[\]'"]+$/.test(value) && !NUMBER.test(value) && !Object.hasOwn(WORDS, value)
  return bare ? value : quote(value)
}

function quote(text: string): string {
  return JSON.stringify(text)
}
