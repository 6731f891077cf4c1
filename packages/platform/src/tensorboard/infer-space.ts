import {
  type Choice,
  compileSpace,
  contains,
  type Distribution,
  type Parameter,
  type Space,
  type When,
} from '@parzen/core'
import type { HparamInfo } from './event.js'

/** The parameters of one run. */
export type Values = { readonly [name: string]: Choice }

/**
 * A space that the given runs may have come from.
 *
 * A parameter's range is what an experiment record says, as far as the values are within it, otherwise that of the values.
 * One that some runs have not is conditional on another if its value tells which; else `null` stands for its absence.
 */
export function inferSpace(runs: readonly Values[], infos: ReadonlyMap<string, HparamInfo>): Space {
  const names = new Set([...infos.keys(), ...runs.flatMap((run) => Object.keys(run))])
  const space = new Map<string, Parameter>()
  const sometimes: string[] = []
  for (const name of names) {
    const values = valuesOf(name, runs)
    if (values.length === 0) continue
    if (values.length < runs.length) sometimes.push(name)
    else space.set(name, distributionOf(values, infos.get(name)))
  }
  for (const name of sometimes) {
    const values = valuesOf(name, runs)
    const when = conditionOf(name, runs, space)
    if (when) space.set(name, { ...distributionOf(values, infos.get(name)), when })
    else space.set(name, { kind: 'categorical', choices: [...new Set<Choice>([...values, null])] })
  }
  return Object.fromEntries(space)
}

function valuesOf(name: string, runs: readonly Values[]): Choice[] {
  return runs.flatMap((run) => (Object.hasOwn(run, name) ? [run[name] as Choice] : []))
}

function distributionOf(values: readonly Choice[], info: HparamInfo | undefined): Distribution {
  const written = info?.description === undefined ? undefined : parsed(info.description)
  if (written && values.every((value) => contains(written, value))) return written
  const unique = [...new Set(values)]
  const discrete = (info?.discrete?.values ?? []).flatMap(({ number, string, bool }) => number ?? string ?? bool ?? [])
  const numbers = unique.filter((value) => typeof value === 'number')
  if (discrete.length > 0 || numbers.length < unique.length || (unique.length === 1 && !info?.interval)) {
    return { kind: 'categorical', choices: [...new Set<Choice>([...discrete, ...unique])] }
  }
  const { min = 0, max = 0 } = info?.interval ?? {}
  const isBounded = info?.interval !== undefined && Number.isFinite(min) && Number.isFinite(max)
  const low = numbers.reduce((a, b) => Math.min(a, b), isBounded ? min : Infinity)
  const high = numbers.reduce((a, b) => Math.max(a, b), isBounded ? max : -Infinity)
  return { kind: [...numbers, low, high].every(Number.isSafeInteger) ? 'int' : 'float', low, high }
}

/** What our own logs have as description: `loguniform(1e-5, 0.1)`. */
function parsed(text: string): Distribution | undefined {
  try {
    return compileSpace({ parameter: text })['parameter']
  } catch {
    // most descriptions are prose
    return undefined
  }
}

/** A parameter each of whose values says whether the runs with it have `name`, with the values that say yes. */
function conditionOf(name: string, runs: readonly Values[], space: ReadonlyMap<string, Parameter>): When | undefined {
  const having = runs.filter((run) => Object.hasOwn(run, name))
  const others = runs.filter((run) => !Object.hasOwn(run, name))
  for (const [parent, { kind }] of space) {
    if (kind !== 'categorical' || !having.every((run) => Object.hasOwn(run, parent))) continue
    const yes = new Set(having.map((run) => run[parent] as Choice))
    if (others.every((run) => !Object.hasOwn(run, parent) || !yes.has(run[parent] as Choice))) {
      return { [parent]: [...yes] }
    }
  }
  return undefined
}
