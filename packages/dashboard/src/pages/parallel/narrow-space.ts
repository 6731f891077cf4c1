import {
  type Choice,
  contains,
  countValues,
  fromUnit,
  type Parameter,
  type Space,
  type TrialRow,
  toUnit,
} from '@parzen/core'
import { probe } from '../../charts/axis.js'
import type { Term } from '../../state/filter.js'

/** A space with less in it: only what changes differs from the space before. */
export interface Narrowed {
  readonly space: Space
  readonly changes: readonly {
    readonly name: string
    readonly before: Parameter
    readonly after: Parameter | undefined
  }[]
  /** Parts of the filter that say nothing of one parameter alone. */
  readonly ignored: readonly string[]
}

/** The part of a space that a filter speaks of: per parameter, the values that all of its own terms let through. */
export function narrowToFilter(space: Space, terms: readonly Term[]): Narrowed {
  const own = (name: string) => terms.filter(({ names }) => names.size === 1 && names.has(name))
  const narrowed = Object.entries(space).map(([name, parameter]) => {
    const said = own(name)
    const passes = (value: Choice) => said.every((term) => term.passes(probe(name, value)))
    return [name, said.length === 0 ? parameter : within(parameter, passes)] as const
  })
  const ignored = terms.filter(({ names }) => names.size !== 1 || !Object.hasOwn(space, [...names][0] as string))
  return { ...compared(space, Object.fromEntries(narrowed)), ignored: ignored.map(({ text }) => text) }
}

/** Beyond the outermost of the trials; of the axis as the parameter's own distribution spreads it. */
const MARGIN = 0.05

/** The part of a space in which some trials lie, with a little room around them. */
export function narrowToTrials(space: Space, rows: readonly TrialRow[]): Narrowed {
  const narrowed = Object.entries(space).map(([name, parameter]) => {
    const values = rows.flatMap(({ params }) => (params[name] === undefined ? [] : [params[name]]))
    if (values.length === 0) return [name, parameter] as const
    if (parameter.kind === 'categorical') return [name, within(parameter, (value) => values.includes(value))] as const
    const places = values.map((value) => toUnit(parameter, value))
    const [low, high] = [Math.min(...places) - MARGIN, Math.max(...places) + MARGIN]
    return [
      name,
      within(parameter, (value) => toUnit(parameter, value) >= low && toUnit(parameter, value) <= high),
    ] as const
  })
  return { ...compared(space, Object.fromEntries(narrowed)), ignored: [] }
}

/** What of a parameter passes: its choices, or the range from the least to the greatest value; itself where nothing passes, or no range can hold it. */
function within(parameter: Parameter, passes: (value: Choice) => boolean): Parameter {
  if (parameter.kind === 'normal') return parameter
  if (parameter.kind === 'categorical') {
    const kept = parameter.choices.flatMap((choice, k) => (passes(choice) ? [k] : []))
    if (kept.length === 0 || kept.length === parameter.choices.length) return parameter
    const choices = kept.map((k) => parameter.choices[k] as Choice)
    if (!parameter.weights) return { ...parameter, choices }
    const weights = kept.map((k) => parameter.weights?.[k] as number)
    const sum = weights.reduce((a, b) => a + b, 0)
    if (sum <= 0) return parameter
    return { ...parameter, choices, weights: weights.map((weight) => weight / sum) }
  }
  const ends = countValues(parameter) <= MOST_LISTED ? listedEnds(parameter, passes) : probedEnds(parameter, passes)
  return ends ? { ...parameter, low: ends[0], high: ends[1] } : parameter
}

type Ranged = Extract<Parameter, { kind: 'float' | 'int' }>
const MOST_LISTED = 2000
const PROBES = 500
const HALVINGS = 50

function listedEnds(parameter: Ranged, passes: (value: Choice) => boolean): readonly [number, number] | undefined {
  const step = parameter.step ?? 1
  const values = Array.from({ length: countValues(parameter) }, (_, k) =>
    Number((parameter.low + k * step).toPrecision(15)),
  )
  const kept = values.filter(passes)
  return kept.length === 0 ? undefined : [kept[0] as number, kept.at(-1) as number]
}

/** Between the first probe that passes and the one before it lies the end. */
function probedEnds(parameter: Ranged, passes: (value: Choice) => boolean): readonly [number, number] | undefined {
  const at = (i: number) => Number(fromUnit(parameter, Math.min(1 - 2 ** -53, i / PROBES)))
  const kept = Array.from({ length: PROBES + 1 }, (_, i) => i).filter((i) => passes(at(i)))
  const [first, last] = [kept[0], kept.at(-1)]
  if (first === undefined || last === undefined) return undefined
  const low = first === 0 ? parameter.low : lastPassing(parameter, at(first), at(first - 1), passes)
  const high = last === PROBES ? parameter.high : lastPassing(parameter, at(last), at(last + 1), passes)
  if (parameter.kind === 'int' || parameter.step !== undefined) return [low, high]
  // six digits: what somebody typed, not what halving came to
  const [a, b] = [Number(low.toPrecision(6)), Number(high.toPrecision(6))]
  if (!(a < b)) return low < high ? [low, high] : undefined
  return [Math.max(parameter.low, a), Math.min(parameter.high, b)]
}

/** The last value towards `outside` that passes. */
function lastPassing(parameter: Ranged, inside: number, outside: number, passes: (value: Choice) => boolean): number {
  const { low, step = parameter.kind === 'int' ? 1 : 0 } = parameter
  const onGrid = (x: number) => (step > 0 ? Number((low + Math.round((x - low) / step) * step).toPrecision(15)) : x)
  let [kept, out] = [inside, outside]
  for (let i = 0; i < HALVINGS && Math.abs(out - kept) > step; i++) {
    const middle = onGrid((kept + out) / 2)
    if (middle === kept || middle === out) break
    if (passes(middle)) kept = middle
    else out = middle
  }
  return kept
}

/** What differs, without parameters that can never be active any more. */
function compared(before: Space, narrowed: Space): Omit<Narrowed, 'ignored'> {
  const after: { [name: string]: Parameter } = {}
  for (const [name, parameter] of Object.entries(narrowed)) {
    const awake = awakened(parameter, after)
    if (awake) after[name] = awake
  }
  const changes = Object.entries(before).flatMap(([name, parameter]) =>
    JSON.stringify(parameter) === JSON.stringify(after[name]) ? [] : [{ name, before: parameter, after: after[name] }],
  )
  return { space: after, changes }
}

/** @returns undefined if no parent can take a value that would make it active. */
function awakened(parameter: Parameter, space: Space): Parameter | undefined {
  if (!parameter.when) return parameter
  const when: { [parent: string]: readonly Choice[] } = {}
  for (const [parent, values] of Object.entries(parameter.when)) {
    const of = space[parent]
    const possible = of ? values.filter((value) => contains(of, value)) : []
    if (possible.length === 0) return undefined
    when[parent] = possible
  }
  return { ...parameter, when }
}
