import { ParzenError } from '../error.js'
import { didYouMean } from './closest.js'
import type { Choice, Distribution, Parameter, Space } from './distribution.js'
import { refuseConstantList, refuseForeignMap, refuseNumbersInText } from './foreign-forms.js'
import { forms, numericDistribution } from './forms.js'
import { distributionNames, isNotation, parseNotation, type Tree, type TreeObject } from './notation.js'
import { choiceOptions } from './options.js'
import { fail, type Place, show } from './place.js'

export const limits = { parameters: 10_000, depth: 32, repeat: 256, nodes: 100_000 } as const

/** A parameter of a subtree, named relative to it: '' is the subtree itself. */
interface Entry {
  readonly name: string
  readonly distribution: Distribution
  readonly when?: { readonly parent: string; readonly values: readonly Choice[] }
}

interface Walk {
  readonly problems: ParzenError[]
  /** The objects from the root to here: one of them again is a cycle. */
  readonly above: object[]
  nodes: number
}

/**
 * An authoring tree to the flat space it means.
 *
 * - a group `{ name: subtree }` gives dotted names; a list of subtrees gives `name.0`, `name.1`, … if something is tuned in it.
 * - a string or object form gives one parameter; any other string, number or boolean a constant (one choice).
 * - `{ choice: { option: subtree } }`: the parameters of an option are active while it is chosen; null and {} have none.
 * - `{ repeat: int(1, 4), each: subtree }`: element i is active while the length exceeds i; a constant length makes no parameter.
 *
 * Parents come before their children and `when` names the immediate parent alone.
 * @throws ParzenError `space/…` with the keys of the fault in `path`: the first of what `spaceProblems` gives.
 */
export function compileSpace(tree: Tree): Space {
  const { space, problems } = checkTree(tree)
  if (problems[0]) throw problems[0]
  return space
}

/** The space, and all that is wrong with the tree: if anything is, the space lacks the faulty parts. */
export function checkTree(tree: Tree): { readonly space: Space; readonly problems: readonly ParzenError[] } {
  const walk: Walk = { problems: [], above: [], nodes: 0 }
  const root: Place = { name: '', path: [] }
  let entries: Entry[] = []
  try {
    if (typeof tree !== 'object' || tree === null || Array.isArray(tree) || formOf(tree as TreeObject)) {
      fail(root, 'space/form', `expected a map of parameters by name, got ${show(tree)}`)
    }
    entries = compileNode(tree, root, walk)
  } catch (error) {
    walk.problems.push(asProblem(error))
  }
  const space: Record<string, Parameter> = {}
  for (const { name, distribution, when } of entries) {
    space[name] = when ? { ...distribution, when: { [when.parent]: when.values } } : distribution
  }
  return { space, problems: walk.problems }
}

function asProblem(error: unknown): ParzenError {
  if (error instanceof ParzenError) return error
  throw error
}

/** Problems of one part are kept and the others looked at, unless the tree as a whole is too much. */
function guarded(walk: Walk, work: () => Entry[]): Entry[] {
  try {
    return work()
  } catch (error) {
    const problem = asProblem(error)
    if (problem.code === 'space/size' || walk.problems.length >= 10) throw problem
    walk.problems.push(problem)
    return []
  }
}

function compileNode(tree: Tree, place: Place, walk: Walk): Entry[] {
  if (++walk.nodes > limits.nodes) fail(place, 'space/size', `expected at most ${limits.nodes} nodes, got more`)
  if (typeof tree === 'string' && isNotation(tree)) return compileForm(parseNotation(tree, place), place, walk)
  if (tree === undefined || tree === null) {
    return fail(place, 'space/form', `expected a distribution, a group or a constant, got ${show(tree)}`, {
      hint: 'the constant null is written choice(null)',
    })
  }
  if (typeof tree === 'string') refuseNumbersInText(tree, place)
  if (typeof tree !== 'object') return [{ name: '', distribution: constant(tree, place) }]
  if (walk.above.includes(tree)) fail(place, 'space/cycle', 'expected a finite space, got one that contains itself')
  if (walk.above.length >= limits.depth) fail(place, 'space/size', `expected at most ${limits.depth} levels, got more`)
  walk.above.push(tree)
  try {
    if (Array.isArray(tree)) return compileList(tree as readonly Tree[], place, walk)
    const object = tree as TreeObject
    return formOf(object) ? compileForm(object, place, walk) : compileGroup(object, place, walk)
  } finally {
    walk.above.pop()
  }
}

function constant(value: string | number | boolean, place: Place): Distribution {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    fail(place, 'space/number', `expected a finite number, got ${value}`)
  }
  return { kind: 'categorical', choices: [typeof value === 'number' ? value + 0 : value] }
}

const reserved: readonly string[] = [...distributionNames, 'repeat', 'each']

/** The reserved key an object has if it is a distribution or a repeat and not a group. */
function formOf(object: TreeObject): string | undefined {
  return reserved.find((key) => Object.hasOwn(object, key))
}

function compileForm(object: TreeObject, place: Place, walk: Walk): Entry[] {
  const names = reserved.filter((key) => Object.hasOwn(object, key))
  if (names.includes('repeat') || names.includes('each')) return compileRepeat(object, place, walk)
  const name = names[0] as string
  if (names.length > 1) {
    fail(place, 'space/form', `expected one distribution, got ${names.join(' and ')}`, {
      hint: 'these are reserved names: a parameter cannot be called so',
    })
  }
  if (Object.hasOwn(forms, name)) return [{ name: '', distribution: numericDistribution(name, object, place) }]
  return compileChoice(object, place, walk)
}

function compileChoice(object: TreeObject, place: Place, walk: Walk): Entry[] {
  const { distribution, subtrees } = choiceOptions(object, place)
  const entries: Entry[] = [{ name: '', distribution }]
  for (const [option, subtree] of subtrees) {
    if (subtree === null || (typeof subtree === 'object' && Object.keys(subtree).length === 0)) continue
    const at = child(place, option, ['choice', option])
    entries.push(
      ...embed(
        option,
        guarded(walk, () => compileNode(subtree, at, walk)),
        [option],
      ),
    )
    checkCount(entries.length, place)
  }
  return entries
}

function compileGroup(object: TreeObject, place: Place, walk: Walk): Entry[] {
  const keys = Object.keys(object)
  if (keys.length === 0) fail(place, 'space/form', 'expected at least one parameter, got an empty group')
  refuseForeignMap(object, place)
  const entries: Entry[] = []
  for (const key of keys) {
    const at = child(place, key, [key])
    const part = guarded(walk, () => {
      checkName(key, at)
      return compileNode(object[key] as Tree, at, walk)
    })
    entries.push(...embed(key, part))
    checkCount(entries.length, place)
  }
  return entries
}

function checkName(key: string, place: Place): void {
  if (!/^[A-Za-z_][\w-]*$/.test(key) || key in {}) {
    fail(place, 'space/name', `expected a name of letters, digits, _ and -, got ${show(key)}`)
  }
}

function compileList(list: readonly Tree[], place: Place, walk: Walk): Entry[] {
  if (list.length === 0) fail(place, 'space/form', 'expected at least one element, got an empty list')
  refuseConstantList(list, place)
  const entries: Entry[] = []
  list.forEach((element, i) => {
    const at = child(place, String(i), [i])
    const part = guarded(walk, () => compileNode(element, at, walk))
    entries.push(...embed(String(i), part))
    checkCount(entries.length, place)
  })
  return entries
}

function compileRepeat(object: TreeObject, place: Place, walk: Walk): Entry[] {
  for (const key of Object.keys(object)) {
    if (key === 'repeat' || key === 'each') continue
    const at = { name: place.name, path: [...place.path, key] }
    fail(at, 'space/form', `expected only repeat and each, got ${show(key)}`, {
      hint: didYouMean(key, ['repeat', 'each']),
    })
  }
  if (!('repeat' in object) || !('each' in object)) {
    const missing = 'each' in object ? 'repeat' : 'each'
    fail(place, 'space/form', `expected repeat and each, got no ${missing}`, { hint: 'both are reserved names' })
  }
  const at = { name: place.name, path: [...place.path, 'repeat'] }
  const length = lengthOf(object['repeat'] as Tree, at, walk)
  const most = length.kind === 'int' ? length.high : (length.choices[0] as number)
  const least = length.kind === 'int' ? length.low : most
  if (least < 0 || most > limits.repeat || most < 1) {
    const got = length.kind === 'int' ? `${least} to ${most}` : most
    fail(at, 'space/repeat', `expected a length from 0 to ${limits.repeat}, got ${got}`)
  }
  const each = compileNode(object['each'] as Tree, child(place, 'each', ['each']), walk)
  checkCount(each.length * most, place)
  const lengths = length.kind === 'int' ? values(length) : []
  const entries: Entry[] = length.kind === 'int' ? [{ name: '', distribution: length }] : []
  for (let i = 0; i < most; i++) {
    const longer = lengths.filter((l) => l > i)
    entries.push(...embed(String(i), each, length.kind === 'int' ? longer : undefined))
  }
  return entries
}

type Int = Extract<Distribution, { kind: 'int' }>
type Categorical = Extract<Distribution, { kind: 'categorical' }>

function lengthOf(tree: Tree, place: Place, walk: Walk): Int | Categorical {
  const [entry, ...more] = compileNode(tree, place, walk)
  const d = entry?.distribution
  if (d?.kind === 'int') return d
  if (d?.kind === 'categorical' && d.choices.length === 1 && more.length === 0 && Number.isInteger(d.choices[0])) {
    return d
  }
  return fail(place, 'space/repeat', `expected int(low, high) or a whole number as length, got ${show(tree)}`)
}

function values({ low, high, step = 1 }: Int): number[] {
  return Array.from({ length: Math.floor((high - low) / step) + 1 }, (_, k) => low + k * step)
}

function checkCount(count: number, place: Place): void {
  if (count > limits.parameters) {
    fail(place, 'space/size', `expected at most ${limits.parameters} parameters, got ${count} or more`)
  }
}

function child(place: Place, name: string, keys: readonly (string | number)[]): Place {
  return { name: join(place.name, name), path: [...place.path, ...keys] }
}

function join(prefix: string, name: string): string {
  return prefix === '' ? name : name === '' ? prefix : `${prefix}.${name}`
}

/** Puts a subtree below a name; with `values`, its unconditional parameters become active when the name's parent holds one. */
function embed(name: string, entries: readonly Entry[], values?: readonly Choice[]): Entry[] {
  return entries.map((entry) => ({
    name: join(name, entry.name),
    distribution: entry.distribution,
    ...(entry.when
      ? { when: { parent: join(name, entry.when.parent), values: entry.when.values } }
      : values
        ? { when: { parent: '', values } }
        : {}),
  }))
}
