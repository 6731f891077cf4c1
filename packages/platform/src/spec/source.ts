import { ParzenError } from '@parzen/core'
import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml'
import { hasNoncharacters, maskCalls, unmask } from './inline-calls.js'

type Json = null | boolean | number | string | Json[] | { [key: string]: Json }
export type Path = readonly (string | number)[]

/** Something wrong, before it is given its line and column. */
export interface Problem {
  readonly code: string
  /** `where: what was expected, what came`, with the hint. */
  readonly message: string
  readonly path: Path
  /** Within the text at `path`. */
  readonly offset?: number | undefined
  /** The key is at fault, not its value. */
  readonly atKey?: boolean
}

/** A YAML or JSON file as plain data that knows where each part stands. */
export interface Source {
  readonly value: Json
  /** Where a problem stands, as an offset into the text. */
  at(problem: Problem): number
  /** `file:line:column: message`, as an error to throw. */
  error(problem: Problem): ParzenError
}

const MAX_BYTES = 2 ** 20
const MAX_ALIASES = 50
const MAX_NODES = 200_000

const MAX_DEPTH = 200

/**
 * Whether brackets, or dashes on one line, nest deeper than any sweep does: the YAML library recurses, and its process
 * would die of it. Brackets in quotes and comments count too, which only matters for hundreds of unclosed ones.
 */
function isTooDeep(text: string): boolean {
  let depth = 0
  for (const c of text) {
    if (c === '[' || c === '{') depth++
    else if (c === ']' || c === '}') depth = Math.max(0, depth - 1)
    if (depth > MAX_DEPTH) return true
  }
  return new RegExp(`(?:[-?:][ \\t]+){${MAX_DEPTH}}`).test(text)
}

/** Where one value stands in the text. */
interface Spot {
  readonly start: number
  readonly key: number
  /** Plain or quoted on one line: positions inside can be counted. */
  readonly quotes?: number
  readonly children: Map<string | number, Spot>
}

interface Reader {
  readonly document: Document
  readonly fail: (code: string, message: string, at: number) => never
  readonly above: Node[]
  aliases: number
  nodes: number
}

/** @throws ParzenError `spec/size`, `spec/syntax`, `spec/duplicate`, `spec/alias`, `spec/tag` with line and column. */
export function readSource(text: string, file: string): Source {
  const lines = new LineCounter()
  const errorAt = (code: string, message: string, at: number, more: { path?: Path } = {}) => {
    const { line, col } = lines.linePos(at)
    return new ParzenError(code, `${file}:${Math.max(1, line)}:${Math.max(1, col)}: ${message}`, more)
  }
  if (Buffer.byteLength(text) > MAX_BYTES) {
    throw new ParzenError('spec/size', `${file}: expected at most 1 MiB, got ${Buffer.byteLength(text)} bytes`)
  }
  if (hasNoncharacters(text)) throw new ParzenError('spec/syntax', `${file}: expected text, got a Unicode noncharacter`)
  if (isTooDeep(text)) throw new ParzenError('spec/size', `${file}: expected at most ${MAX_DEPTH} levels, got more`)
  const document = parseDocument(maskCalls(text), {
    version: '1.2',
    schema: 'core',
    merge: false,
    uniqueKeys: false,
    prettyErrors: false,
    lineCounter: lines,
  })
  const [fault] = [...document.errors, ...document.warnings]
  if (fault)
    throw errorAt(
      fault.code === 'TAG_RESOLVE_FAILED' ? 'spec/tag' : 'spec/syntax',
      syntaxMessage(fault, text.split('\n')[lines.linePos(fault.pos[0]).line - 1] ?? ''),
      fault.pos[0],
    )
  const fail = (code: string, message: string, at: number): never => {
    throw errorAt(code, message, at)
  }
  const reader: Reader = { document, fail, above: [], aliases: 0, nodes: 0 }
  const { value, spot } = readNode(document.contents as Node | null, 0, reader)
  const at = ({ path, offset, atKey }: Problem) => {
    const found = findSpot(spot, path)
    if (found.missing > 0) return found.spot.start
    if (atKey) return found.spot.key
    const { quotes, start } = found.spot
    return start + (quotes === undefined || offset === undefined ? 0 : quotes + offset)
  }
  return {
    value,
    at,
    error: (problem) => errorAt(problem.code, problem.message, at(problem), { path: problem.path }),
  }
}

function syntaxMessage({ code, message }: { readonly code: string; readonly message: string }, line: string): string {
  if (code === 'MULTIPLE_DOCS') return 'expected one document, got another after ---'
  const [first = ''] = unmask(message).split('\n')
  // a bound, where YAML has a text of several lines
  if (/block scalar/i.test(first) && />=/.test(line))
    return 'expected quotes around a text that begins with >, as in ">= 0.9", got none'
  return `expected YAML or JSON, got something else: ${first.replace(/\.$/, '')}`
}

function findSpot(root: Spot, path: Path): { spot: Spot; missing: number } {
  let spot = root
  for (const [i, key] of path.entries()) {
    const next = spot.children.get(key)
    if (!next) return { spot, missing: path.length - i }
    spot = next
  }
  return { spot, missing: 0 }
}

function readNode(node: Node | null, key: number, reader: Reader): { value: Json; spot: Spot } {
  const start = node?.range?.[0] ?? key
  if (!node) return { value: null, spot: { start: key, key, children: new Map() } }
  if (++reader.nodes > MAX_NODES) reader.fail('spec/alias', `expected at most ${MAX_NODES} values, got more`, start)
  if (isAlias(node)) return readAlias(node, key, reader)
  if (node.tag && !/^tag:yaml\.org,2002:(map|seq|str|int|float|bool|null)$/.test(node.tag)) {
    reader.fail('spec/tag', `expected plain YAML, got the tag ${node.tag}`, start)
  }
  if (reader.above.includes(node))
    reader.fail('spec/alias', 'expected a finite file, got an alias of what it is in', start)
  reader.above.push(node)
  const children: Spot['children'] = new Map()
  const spot: Spot = { start, key, children }
  let value: Json
  if (isMap(node)) value = readMap(node, children, reader)
  else if (isSeq(node)) {
    value = node.items.map((item, i) => {
      const element = readNode(item as Node | null, start, reader)
      children.set(i, element.spot)
      return element.value
    })
  } else {
    const given = isScalar(node) ? node.value : null
    value = typeof given === 'string' ? unmask(given) : (given as Json)
    reader.above.pop()
    return { value, spot: { ...spot, ...insideOf(node) } }
  }
  reader.above.pop()
  return { value, spot }
}

/** How far the text begins after the start of its scalar; nothing for block scalars and escapes. */
function insideOf(node: Node): { quotes?: number } {
  if (!isScalar(node) || typeof node.value !== 'string' || !node.range) return {}
  const quotes = node.type === 'PLAIN' ? 0 : 1
  const width = node.range[1] - node.range[0] - 2 * quotes
  return width === node.value.length && node.type !== 'BLOCK_LITERAL' && node.type !== 'BLOCK_FOLDED' ? { quotes } : {}
}

function readMap(node: Extract<Node, { items: unknown[] }>, children: Spot['children'], reader: Reader): Json {
  const map: { [key: string]: Json } = {}
  if (!isMap(node)) return map
  for (const { key, value } of node.items) {
    const at = (key as Node | null)?.range?.[0] ?? node.range?.[0] ?? 0
    if (!isScalar(key)) reader.fail('spec/syntax', 'expected a name as key, got a list, a map or an alias', at)
    const given = (key as { value: unknown }).value
    const name = unmask(given === null ? '' : String(given))
    if (name === '__proto__') reader.fail('spec/syntax', 'expected another key, got __proto__', at)
    const before = children.get(name)
    if (before) {
      const { line } = (reader.document.options as { lineCounter?: LineCounter }).lineCounter?.linePos(before.key) ?? {
        line: 0,
      }
      reader.fail('spec/duplicate', `${name}: expected each key once, got it again (first on line ${line})`, at)
    }
    const inner = readNode(value as Node | null, at, reader)
    children.set(name, inner.spot)
    map[name] = inner.value
  }
  return map
}

function readAlias(node: Extract<Node, { source: string }>, key: number, reader: Reader): { value: Json; spot: Spot } {
  const start = node.range?.[0] ?? key
  if (++reader.aliases > MAX_ALIASES)
    reader.fail('spec/alias', `expected at most ${MAX_ALIASES} aliases, got more`, start)
  const target = isAlias(node) ? node.resolve(reader.document) : undefined
  if (!target) return reader.fail('spec/alias', `expected an anchor &${node.source} above, got none`, start)
  if (reader.above.includes(target)) {
    reader.fail('spec/alias', `expected a finite file, got *${node.source} inside of &${node.source}`, start)
  }
  const { value, spot } = readNode(target, key, reader)
  return { value, spot: { ...spot, key } }
}
