import { type Choice, distributionNames, formatNotation, parseNotation, type Tree, type TreeObject } from '@parzen/core'
import type { Path } from './sweep-text.js'

/** A parameter of a sweep file as a form shows it. */
export interface ParameterRow {
  readonly name: string
  readonly path: Path
  readonly shape: Shape
}

export type Shape =
  | NumericShape
  | { readonly kind: 'choice'; readonly choices: readonly Choice[] }
  /** One of several, each with parameters of its own. */
  | { readonly kind: 'options'; readonly options: readonly Option[] }
  | { readonly kind: 'constant'; readonly value: Choice }
  | { readonly kind: 'group'; readonly rows: readonly ParameterRow[] }
  /** What the text can say and the form cannot: lists of tuned length, weights, other names. */
  | { readonly kind: 'text'; readonly text: string }

export interface NumericShape {
  readonly kind: 'uniform' | 'int' | 'normal'
  /** Low and high, or mean and standard deviation. */
  readonly ends: readonly [number, number]
  readonly isLog: boolean
  readonly step?: number
}

interface Option {
  readonly name: string
  readonly path: Path
  readonly rows: readonly ParameterRow[]
}

/** @param path of the map the parameters are in */
export function parameterRows(tree: TreeObject, path: Path): ParameterRow[] {
  return Object.entries(tree).map(([name, node]) => ({
    name,
    path: [...path, name],
    shape: shapeOf(node, [...path, name]),
  }))
}

function shapeOf(node: Tree, path: Path): Shape {
  if (typeof node === 'string') return notationShape(node)
  if (typeof node !== 'object' || node === null) return { kind: 'constant', value: node }
  if (Array.isArray(node)) return { kind: 'text', text: JSON.stringify(node) }
  const object = node as TreeObject
  const [key = '', value] = Object.entries(object)[0] ?? []
  if (key === 'choice' && Object.keys(object).length === 1 && isMap(value)) {
    return {
      kind: 'options',
      options: Object.entries(value).map(([name, of]) => ({
        name,
        path: [...path, 'choice', name],
        rows: isMap(of) ? parameterRows(of, [...path, 'choice', name]) : [],
      })),
    }
  }
  if (distributionNames.includes(key) || key === 'repeat') return objectShape(object)
  return { kind: 'group', rows: parameterRows(object, path) }
}

function notationShape(text: string): Shape {
  if (!/^\s*[A-Za-z_]\w*\s*\(/.test(text)) return { kind: 'constant', value: text }
  try {
    const shape = objectShape(parseNotation(text))
    return shape.kind === 'text' ? { kind: 'text', text } : shape
  } catch {
    return { kind: 'text', text }
  }
}

const NUMERIC: { readonly [name: string]: { readonly kind: NumericShape['kind']; readonly isLog: boolean } } = {
  uniform: { kind: 'uniform', isLog: false },
  loguniform: { kind: 'uniform', isLog: true },
  int: { kind: 'int', isLog: false },
  normal: { kind: 'normal', isLog: false },
  lognormal: { kind: 'normal', isLog: true },
}

function objectShape(object: TreeObject): Shape {
  const [[name = '', args] = []] = Object.entries(object)
  const { log = false, step, weights } = object
  const numeric = NUMERIC[name]
  if (numeric && isPairOfNumbers(args)) {
    const shape = { kind: numeric.kind, ends: args, isLog: numeric.isLog || log === true }
    return typeof step === 'number' ? { ...shape, step } : shape
  }
  const isPlain = name === 'choice' && Array.isArray(args) && weights === undefined
  if (isPlain && args.every((one) => typeof one !== 'object' || one === null))
    return { kind: 'choice', choices: args as Choice[] }
  return { kind: 'text', text: formatNotation(object) ?? JSON.stringify(object) }
}

/** As a sweep file writes it. */
export function treeOf(shape: Shape): Tree {
  switch (shape.kind) {
    case 'uniform':
    case 'int':
    case 'normal': {
      const { kind, ends, isLog, step } = shape
      const name = kind !== 'int' && isLog ? `log${kind}` : kind
      const more = { ...(step === undefined ? {} : { step }), ...(kind === 'int' && isLog ? { log: true } : {}) }
      return written({ [name]: ends, ...more })
    }
    case 'choice':
      return written({ choice: shape.choices })
    case 'options':
      return { choice: Object.fromEntries(shape.options.map(({ name, rows }) => [name, treeOfRows(rows)])) }
    case 'constant':
      return shape.value
    case 'group':
      return treeOfRows(shape.rows)
    case 'text':
      return shape.text
    default:
      return shape satisfies never
  }
}

function treeOfRows(rows: readonly ParameterRow[]): TreeObject {
  return Object.fromEntries(rows.map(({ name, shape }) => [name, treeOf(shape)]))
}

function written(object: TreeObject): Tree {
  return formatNotation(object) ?? object
}

/** What `choice(…)` has between its parentheses. */
export function formatChoices(choices: readonly Choice[]): string {
  return (formatNotation({ choice: choices }) ?? '').replace(/^choice\(|\)$/g, '')
}

/** `16, 32, "a b"` to values, with brackets around them or without. @returns undefined if it cannot be read, or is none. */
export function parseChoices(text: string): readonly Choice[] | undefined {
  try {
    const { choice } = parseNotation(`choice(${text})`)
    return Array.isArray(choice) && choice.length > 0 ? (choice as Choice[]) : undefined
  } catch {
    return undefined
  }
}

export const kindNames: { readonly [K in Shape['kind']]: string } = {
  uniform: 'number',
  int: 'whole number',
  normal: 'bell curve',
  choice: 'choice',
  options: 'nested',
  constant: 'constant',
  group: 'group',
  text: 'as the text says',
}

/** Another kind of parameter, that keeps what it can of the old one. */
export function asKind(kind: Shape['kind'], shape: Shape): Shape {
  const ends = 'ends' in shape ? shape.ends : ([0, 1] as const)
  const isLog = 'isLog' in shape && shape.isLog
  switch (kind) {
    case 'uniform':
    case 'normal':
      return withLog({ kind, ends, isLog }, isLog)
    case 'int':
      return withLog(
        { kind, ends: [Math.round(ends[0]), Math.max(Math.round(ends[0]) + 1, Math.round(ends[1]))], isLog },
        isLog,
      )
    case 'choice':
      return {
        kind,
        choices:
          shape.kind === 'constant'
            ? [shape.value]
            : shape.kind === 'options'
              ? shape.options.map(({ name }) => name)
              : (shape.kind === 'text' && parseChoices(shape.text)) || ['a', 'b'],
      }
    case 'options': {
      const names = shape.kind === 'choice' ? [...new Set(shape.choices.map(String))] : ['a', 'b']
      return { kind, options: names.map((name) => ({ name, path: [], rows: [] })) }
    }
    case 'constant':
      return { kind, value: 'ends' in shape ? shape.ends[0] : shape.kind === 'choice' ? (shape.choices[0] ?? 1) : 1 }
    case 'group':
      return { kind, rows: [] }
    case 'text':
      return { kind, text: String(treeOf(shape)) }
    default:
      return kind satisfies never
  }
}

/** A logarithmic scale needs ends above 0. */
export function withLog(shape: NumericShape, isLog: boolean): NumericShape {
  const [low, high] = shape.ends
  if (!isLog || shape.kind === 'normal' || low > 0) return { ...shape, isLog }
  const top = high > 0 ? high : 1
  return {
    ...shape,
    isLog,
    ends: [
      shape.kind === 'int' ? 1 : Number((top / 1000).toPrecision(6)),
      shape.kind === 'int' ? Math.max(2, top) : top,
    ],
  }
}

/** A name that none of these has yet. */
export function freeName(names: readonly string[], stem: string): string {
  for (let i = 1; ; i++) {
    const name = i === 1 ? stem : `${stem}${i}`
    if (!names.includes(name)) return name
  }
}

function isMap(value: Tree | undefined): value is TreeObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isPairOfNumbers(value: Tree | undefined): value is readonly [number, number] {
  return Array.isArray(value) && value.length === 2 && value.every((one) => typeof one === 'number')
}
