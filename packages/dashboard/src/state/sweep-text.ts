import type { Tree, TreeObject } from '@parzen/core'
import { type Document, isMap, isScalar, parseDocument, type Scalar, stringify } from 'yaml'
import { maskCalls, unmask } from '../../../platform/src/spec/inline-calls.js'

/** Where something stands in a sweep file: `['space', 'lr']`. */
export type Path = readonly (string | number)[]

/** A sweep file as plain data. @returns undefined if it is no YAML, or no map. */
export function readSweepText(text: string): TreeObject | undefined {
  try {
    const document = documentOf(text)
    if (!document) return undefined
    const value = mapped((document.toJS() ?? {}) as Tree, unmask)
    return typeof value === 'object' && !Array.isArray(value) ? (value as TreeObject) : undefined
  } catch {
    // an alias of nothing, or too many of them
    return undefined
  }
}

/** The text with another value there; comments, order and everything else stay. `undefined` takes it away. */
export function withValue(text: string, path: Path, value: Tree | undefined): string {
  return edited(text, (document) => {
    if (value === undefined) {
      document.deleteIn(path)
      return
    }
    for (let i = 1; i < path.length; i++) {
      // `budget:` with nothing after it, or a name where options are to go
      if (isScalar(document.getIn(path.slice(0, i), true))) document.setIn(path.slice(0, i), document.createNode({}))
    }
    const there = document.getIn(path, true)
    const spliced = isScalar(there) ? replaced(text, there, value) : undefined
    if (spliced !== undefined && isSame(valueAt(readSweepText(spliced), path), value)) return spliced
    document.setIn(path, document.createNode(mapped(value, maskCalls)))
    return
  })
}

/** The text with another name for what stands there, in its old place; as it is if the name is taken. */
export function withName(text: string, path: Path, name: string): string {
  return edited(text, (document) => {
    const map = path.length > 1 ? document.getIn(path.slice(0, -1), true) : document.contents
    if (!isMap(map) || map.has(name)) return text
    const pair = map.items.find(({ key }) => isScalar(key) && String(key.value) === path.at(-1))
    const spliced = isScalar(pair?.key) ? replaced(text, pair.key, name) : undefined
    if (spliced !== undefined && valueAt(readSweepText(spliced), [...path.slice(0, -1), name]) !== undefined)
      return spliced
    if (pair) pair.key = document.createNode(name)
    return
  })
}

/** In its place, so that the layout around it stays; undefined for what takes more than a line. */
function replaced(text: string, { range }: Scalar, value: Tree): string | undefined {
  if (!range || range[0] === range[1] || (typeof value === 'object' && value !== null)) return undefined
  const scalar = unmask(stringify(mapped(value, maskCalls), { lineWidth: 0 }).trimEnd())
  return scalar.includes('\n') ? undefined : text.slice(0, range[0]) + scalar + text.slice(range[1])
}

/** What stands there; undefined if nothing does. */
export function valueAt(tree: Tree | undefined, path: Path): Tree | undefined {
  let value = tree
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined
    value = (value as TreeObject)[key]
  }
  return value
}

function isSame(a: Tree | undefined, b: Tree): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b)
}

function documentOf(text: string): Document | undefined {
  const document = parseDocument(maskCalls(text), { version: '1.2', schema: 'core' })
  return document.errors.length > 0 ? undefined : document
}

/** @param edit gives the new text, or changes the document. A text that cannot be read is left as it is. */
function edited(text: string, edit: (document: Document) => string | undefined): string {
  const document = documentOf(text)
  if (!document) return text
  return edit(document) ?? unmask(document.toString({ lineWidth: 0 }))
}

function mapped(value: Tree, each: (text: string) => string): Tree {
  if (typeof value === 'string') return each(value)
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((one: Tree) => mapped(one, each))
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [each(key), mapped(one as Tree, each)]))
}
