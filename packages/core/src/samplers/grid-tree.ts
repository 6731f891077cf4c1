import { ParzenError } from '../error.js'
import type { Choice, Params, Space } from '../space/distribution.js'
import type { Axis } from './grid-axis.js'

/** All points of a conditional grid by index, none stored; inactive parameters make no duplicates. */
export interface Grid {
  readonly size: number
  /** The active parameters, in the order of the space. */
  at(index: number): Params
}

/**
 * What is left to choose from one parameter on, given the parents that later conditions ask for.
 *
 * `next`: by value of the parameter if later conditions ask for it, else one, repeated for each of its `copies` values;
 * one also if the parameter is not active (`copies` 0).
 */
interface Node {
  readonly parents: ReadonlyMap<string, Choice>
  readonly next: Node[]
  copies: number
  count: number
}

const MOST_NODES = 200_000

/**
 * Time and memory: the number of different situations of parents, summed over parameters; for a tree of choices about
 * the number of choices.
 * @throws ParzenError `sampler/grid-size` if there are more than 2^53 points, or too many situations of parents.
 */
export function gridTree(space: Space, axes: ReadonlyMap<string, Axis>): Grid {
  const names = depthFirst(space)
  const lastUse = lastUses(space, names)
  const root = newNode(new Map())
  const layers: Node[][] = [[root]]
  let nodes = 1
  names.forEach((name, position) => {
    const layer = new Map<string, Node>()
    for (const node of layers[position] as Node[]) grow(node, { space, axes, name, position, lastUse, layer })
    layers.push([...layer.values()])
    nodes += layer.size
    if (nodes > MOST_NODES) throw tooLarge(`more than ${MOST_NODES} combinations of parents`)
  })
  count(layers)
  if (root.count > Number.MAX_SAFE_INTEGER) throw tooLarge(`about ${root.count.toPrecision(2)}`)
  return { size: root.count, at: (index) => pointAt(root, index, { space, names, axes }) }
}

function tooLarge(came: string): ParzenError {
  return new ParzenError('sampler/grid-size', `sampler grid: expected at most 2^53 points, got ${came}`, {
    path: ['sampler'],
    hint: 'give fewer `points`, or a smaller `count` for the numeric parameters',
  })
}

function newNode(parents: ReadonlyMap<string, Choice>): Node {
  return { parents, next: [], copies: 0, count: 0 }
}

/** Children right after the last of their parents, so that few parents have to be kept in mind at once. */
function depthFirst(space: Space): string[] {
  const children = new Map<string, string[]>()
  for (const [name, { when = {} }] of Object.entries(space)) {
    for (const parent of Object.keys(when)) children.set(parent, [...(children.get(parent) ?? []), name])
  }
  const placed = new Set<string>()
  const place = (name: string) => {
    if (placed.has(name) || !Object.keys(space[name]?.when ?? {}).every((parent) => placed.has(parent))) return
    placed.add(name)
    for (const child of children.get(name) ?? []) place(child)
  }
  for (const name of Object.keys(space)) place(name)
  return [...placed]
}

/** The position of the last parameter whose condition asks for each parent. */
function lastUses(space: Space, names: readonly string[]): ReadonlyMap<string, number> {
  const result = new Map<string, number>()
  names.forEach((name, position) => {
    for (const parent of Object.keys(space[name]?.when ?? {})) result.set(parent, position)
  })
  return result
}

interface Growth {
  readonly space: Space
  readonly axes: ReadonlyMap<string, Axis>
  readonly name: string
  readonly position: number
  readonly lastUse: ReadonlyMap<string, number>
  readonly layer: Map<string, Node>
}

function grow(node: Node, { space, axes, name, position, lastUse, layer }: Growth): void {
  const follow = (value?: Choice) => {
    const parents = new Map([...node.parents].filter(([parent]) => (lastUse.get(parent) ?? -1) > position))
    if (value !== undefined) parents.set(name, value)
    const key = JSON.stringify([...parents])
    const known = layer.get(key) ?? newNode(parents)
    layer.set(key, known)
    node.next.push(known)
  }
  const conditions = Object.entries(space[name]?.when ?? {})
  const isActive = conditions.every(([parent, values]) => values.includes(node.parents.get(parent) as Choice))
  const axis = axes.get(name) as Axis
  if (!isActive) follow()
  else if (lastUse.has(name)) {
    node.copies = 1
    for (let k = 0; k < axis.count; k++) follow(axis.at(k))
  } else {
    node.copies = axis.count
    follow()
  }
}

function count(layers: readonly (readonly Node[])[]): void {
  for (const node of layers.at(-1) ?? []) node.count = 1
  for (let position = layers.length - 2; position >= 0; position--) {
    for (const node of layers[position] ?? []) {
      node.count = Math.max(1, node.copies) * node.next.reduce((sum, next) => sum + next.count, 0)
    }
  }
}

function pointAt(
  root: Node,
  index: number,
  { space, names, axes }: { space: Space; names: readonly string[]; axes: ReadonlyMap<string, Axis> },
): Params {
  const values = new Map<string, Choice>()
  let node = root
  let rest = index
  for (const name of names) {
    let next = node.next[0] as Node
    if (node.copies > 0) {
      let k = 0
      if (node.next.length === 1) k = Math.floor(rest / next.count)
      else {
        while (rest >= next.count) {
          rest -= next.count
          next = node.next[++k] as Node
        }
      }
      rest %= next.count
      values.set(name, (axes.get(name) as Axis).at(k))
    }
    node = next
  }
  const active = Object.keys(space).filter((name) => values.has(name))
  return Object.fromEntries(active.map((name) => [name, values.get(name) as Choice]))
}
