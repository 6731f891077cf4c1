import { ParzenError } from '../error.js'
import type { Choice, Params, Space } from './distribution.js'
import { show } from './place.js'

/** Values as people write them: groups are objects, lists arrays, an option with parameters `{ choice: 'sgd', momentum: 0.9 }`. */
export type Nested = Choice | readonly Nested[] | { readonly [name: string]: Nested }

/** One level of dotted names. */
interface Branch {
  /** The parameter that has exactly this name. */
  parameter?: string
  readonly children: Map<string, Branch>
}

const branches = new WeakMap<Space, Branch>()

function branchOf(space: Space): Branch {
  const known = branches.get(space)
  if (known) return known
  const root: Branch = { children: new Map() }
  for (const name of Object.keys(space)) {
    let branch = root
    for (const key of name.split('.')) {
      const child = branch.children.get(key) ?? { children: new Map() }
      branch.children.set(key, child)
      branch = child
    }
    branch.parameter = name
  }
  branches.set(space, root)
  return root
}

type Shape = 'scalar' | 'list' | 'choice' | 'group'

/** What a branch is, from the flat space alone: a length has children too, and so has a choice. */
function shapeOf(branch: Branch, space: Space): Shape {
  if (branch.parameter !== undefined) {
    if (branch.children.size === 0) return 'scalar'
    return space[branch.parameter]?.kind === 'categorical' ? 'choice' : 'list'
  }
  // names of groups never begin with a digit
  return branch.children.has('0') ? 'list' : 'group'
}

/**
 * The nested form of the active parameters of a trial.
 *
 * A choice is its value, unless some option of it has parameters: then it is `{ choice: option, …parameters }`, and
 * `{ choice: option, value }` if the option is a distribution or a list rather than a group.
 */
export function nest(space: Space, params: Params): { readonly [name: string]: Nested } {
  return nestGroup(branchOf(space), { space, params })
}

interface Source {
  readonly space: Space
  readonly params: Params
}

function nestGroup(branch: Branch, source: Source): Record<string, Nested> {
  const group: Record<string, Nested> = {}
  for (const [key, child] of branch.children) {
    const value = nestBranch(child, source)
    if (value !== undefined) group[key] = value
  }
  return group
}

function nestBranch(branch: Branch, source: Source): Nested | undefined {
  const shape = shapeOf(branch, source.space)
  if (shape === 'group') return nestGroup(branch, source)
  const value = branch.parameter === undefined ? undefined : source.params[branch.parameter]
  if (branch.parameter !== undefined && value === undefined) return undefined
  if (shape === 'scalar') return value
  if (shape === 'list') {
    const length = value === undefined ? branch.children.size : Number(value)
    const elements: Nested[] = []
    for (let i = 0; i < length; i++) {
      const child = branch.children.get(String(i))
      const element = child && nestBranch(child, source)
      if (element !== undefined) elements.push(element)
    }
    return elements
  }
  const option = branch.children.get(String(value))
  if (!option) return { choice: value as Choice }
  if (shapeOf(option, source.space) === 'group') return { choice: value as Choice, ...nestGroup(option, source) }
  const only = nestBranch(option, source)
  return only === undefined ? { choice: value as Choice } : { choice: value as Choice, value: only }
}

/**
 * The flat form of nested values, the inverse of `nest`. Values may be missing; they are not checked here (`checkParams`).
 * @throws ParzenError `params/unknown`, `params/shape` with the keys of the fault in `path`.
 */
export function flatten(space: Space, nested: { readonly [name: string]: Nested }): Params {
  const found: Record<string, Choice> = {}
  flattenGroup(branchOf(space), nested, { space, found, path: [] })
  // in the order of the space, parents first
  const params: Record<string, Choice> = {}
  for (const name of Object.keys(space)) {
    const value = found[name]
    if (value !== undefined) params[name] = value
  }
  return params
}

interface Target {
  readonly space: Space
  readonly found: Record<string, Choice>
  readonly path: readonly (string | number)[]
}

function within(target: Target, key: string | number): Target {
  return { ...target, path: [...target.path, key] }
}

function refuse(target: Target, code: 'params/unknown' | 'params/shape', text: string): never {
  const where = target.path.length > 0 ? target.path.join('.') : 'params'
  throw new ParzenError(code, `${where}: ${text}`, { path: target.path })
}

type NestedObject = { readonly [name: string]: Nested }

function asObject(value: Nested, target: Target): NestedObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return refuse(target, 'params/shape', `expected an object, got ${show(value)}`)
  }
  return value as NestedObject
}

function flattenGroup(branch: Branch, value: Nested, target: Target): void {
  for (const [key, inner] of Object.entries(asObject(value, target))) {
    const child = branch.children.get(key)
    if (!child) {
      const known = [...branch.children.keys()].join(', ')
      refuse(within(target, key), 'params/unknown', `expected one of ${known}, got ${show(key)}`)
    }
    flattenBranch(child, inner, within(target, key))
  }
}

function flattenBranch(branch: Branch, value: Nested, target: Target): void {
  const shape = shapeOf(branch, target.space)
  if (shape === 'group') flattenGroup(branch, value, target)
  else if (shape === 'list') flattenList(branch, value, target)
  else if (shape === 'choice') flattenChoice(branch, value, target)
  else if (typeof value === 'object' && value !== null) {
    refuse(target, 'params/shape', `expected a plain value, got ${show(value)}`)
  } else target.found[branch.parameter as string] = value
}

function flattenList(branch: Branch, value: Nested, target: Target): void {
  if (!Array.isArray(value)) refuse(target, 'params/shape', `expected a list, got ${show(value)}`)
  const elements = value as readonly Nested[]
  const fixed = branch.parameter === undefined
  if (elements.length > branch.children.size || (fixed && elements.length < branch.children.size)) {
    const wanted = `${fixed ? '' : 'at most '}${branch.children.size} elements`
    refuse(target, 'params/shape', `expected ${wanted}, got ${elements.length}`)
  }
  if (branch.parameter !== undefined) target.found[branch.parameter] = elements.length
  elements.forEach((element, i) => {
    flattenBranch(branch.children.get(String(i)) as Branch, element, within(target, i))
  })
}

function flattenChoice(branch: Branch, value: Nested, target: Target): void {
  // the bare value stands for an option whose parameters are left to the sampler
  const { choice, ...rest } = typeof value === 'object' && value !== null ? asObject(value, target) : { choice: value }
  if (choice === undefined || (typeof choice === 'object' && choice !== null)) {
    refuse(target, 'params/shape', `expected { choice: …, … }, got ${show(value)}`)
  }
  target.found[branch.parameter as string] = choice
  const option = branch.children.get(String(choice))
  if (!option) {
    const extra = Object.keys(rest)[0]
    if (extra !== undefined) {
      refuse(within(target, extra), 'params/unknown', `expected no parameters of ${show(choice)}, got ${show(extra)}`)
    }
  } else if (shapeOf(option, target.space) === 'group') flattenGroup(option, rest, target)
  else {
    for (const [key, inner] of Object.entries(rest)) {
      if (key !== 'value') refuse(within(target, key), 'params/unknown', `expected value, got ${show(key)}`)
      flattenBranch(option, inner, within(target, key))
    }
  }
}
