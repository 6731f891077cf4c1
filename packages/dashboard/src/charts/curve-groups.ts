import type { TrialRow } from '@parzen/core'
import { formatValue } from '../controls/format.js'
import { indexFrom, type Line, valueAt } from './curves.js'

/** Trials drawn as one: a line for their middle and a band around it. */
export interface Group {
  readonly label: string
  readonly trials: ReadonlySet<number>
}

/** More different numbers than this are put into stretches of equally many trials. */
const MOST_NUMBERS = 6
const STRETCHES = 4
const MOST_GROUPS = 8

/** Groups by what `columnOf` says of a trial, in the order of the values; what has none is a group of its own, "not set". */
export function groupsOf(
  rows: readonly TrialRow[],
  columnOf: (row: TrialRow) => string | number | boolean | null | undefined,
): Group[] {
  const values = rows.map((row) => columnOf(row) ?? undefined)
  const numbers = values.filter((value) => typeof value === 'number')
  const labelOf =
    numbers.length > 0 && new Set(numbers).size > MOST_NUMBERS && values.every((one) => typeof one !== 'string')
      ? stretchesOf(numbers)
      : (value: string | number | boolean) => ({ order: value, label: formatValue(value) })
  const found = new Map<string, { order: string | number | boolean | undefined; trials: Set<number> }>()
  rows.forEach(({ number }, i) => {
    const value = values[i]
    const { label, order } = value === undefined ? { label: 'not set', order: undefined } : labelOf(value)
    const group = found.get(label) ?? { order, trials: new Set() }
    found.set(label, group)
    group.trials.add(number)
  })
  const all = [...found].map(([label, group]) => ({ label, ...group }))
  const kept = all.length <= MOST_GROUPS ? all : [...all].sort((a, b) => b.trials.size - a.trials.size)
  const groups = kept.slice(0, MOST_GROUPS).sort((a, b) => compare(a.order, b.order))
  const rest = kept.slice(MOST_GROUPS).flatMap(({ trials }) => [...trials])
  return [
    ...groups.map(({ label, trials }) => ({ label, trials })),
    ...(rest.length > 0 ? [{ label: 'others', trials: new Set(rest) }] : []),
  ]
}

/** Trials of the very same parameters: repeats of a setting with other seeds. Settings tried once are in no group. */
export function repeatsOf(rows: readonly TrialRow[]): Group[] {
  const found = new Map<string, number[]>()
  for (const { number, params } of rows) {
    const key = JSON.stringify(Object.entries(params).sort(([a], [b]) => (a < b ? -1 : 1)))
    const group = found.get(key)
    if (group) group.push(number)
    else found.set(key, [number])
  }
  return [...found.values()]
    .filter((trials) => trials.length > 1)
    .sort((a, b) => b.length - a.length)
    .slice(0, MOST_GROUPS)
    .map((trials) => ({ label: `as trial ${trials[0]}`, trials: new Set(trials) }))
}

function stretchesOf(numbers: readonly number[]) {
  const sorted = Float64Array.from(numbers).sort()
  const edges = Array.from({ length: STRETCHES + 1 }, (_, i) =>
    Number(sorted[Math.round((i / STRETCHES) * (sorted.length - 1))]),
  )
  return (value: string | number | boolean) => {
    let i = 0
    while (i < STRETCHES - 1 && Number(value) >= (edges[i + 1] as number)) i++
    return { order: i, label: `${formatValue(edges[i])} – ${formatValue(edges[i + 1])}` }
  }
}

/** What is not set comes last. */
function compare(a: string | number | boolean | undefined, b: string | number | boolean | undefined): number {
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined)
  return a < b ? -1 : a > b ? 1 : 0
}

/** `sd`: mean and one standard deviation each way; `quantiles`: median and the middle 80 %. */
export type BandKind = 'sd' | 'quantiles'

export interface Band {
  readonly x: Float64Array
  readonly middle: Float64Array
  readonly low: Float64Array
  readonly high: Float64Array
  /** How many lines reach there. */
  readonly count: Int32Array
}

const MOST_PLACES = 200

/** Over the lines that reach a place; those in between two of their points count by the straight line. */
export function bandOf(lines: readonly Line[], kind: BandKind): Band {
  const x = placesOf(lines)
  const [middle, low, high] = [new Float64Array(x.length), new Float64Array(x.length), new Float64Array(x.length)]
  const count = new Int32Array(x.length)
  x.forEach((where, i) => {
    const values: number[] = []
    for (const line of lines) {
      const value = valueAt(line, where)
      if (value !== undefined) values.push(value)
    }
    count[i] = values.length
    const [a, b, c] = kind === 'sd' ? meanAndSd(values) : quantiles(values)
    low[i] = a
    middle[i] = b
    high[i] = c
  })
  return { x, middle, low, high, count }
}

/** All x there are, or, if these are many, as many even ones as can be told apart. */
function placesOf(lines: readonly Line[]): Float64Array {
  const all = new Set<number>()
  for (const { x } of lines) for (const one of x) if (all.size <= MOST_PLACES) all.add(one)
  if (all.size <= MOST_PLACES) return Float64Array.from(all).sort()
  const low = Math.min(...lines.map(({ x }) => x[0] ?? Infinity))
  const high = Math.max(...lines.map(({ x }) => x.at(-1) ?? -Infinity))
  return Float64Array.from({ length: MOST_PLACES }, (_, i) =>
    // the last as it is: a rounding error beyond it would find no line there
    i === MOST_PLACES - 1 ? high : low + (i / (MOST_PLACES - 1)) * (high - low),
  )
}

function meanAndSd(values: readonly number[]): [number, number, number] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  const sd = values.length > 1 ? Math.sqrt(squares / (values.length - 1)) : 0
  return [mean - sd, mean, mean + sd]
}

function quantiles(values: readonly number[]): [number, number, number] {
  const sorted = Float64Array.from(values).sort()
  const at = (share: number) => {
    const place = share * (sorted.length - 1)
    const below = Math.floor(place)
    const [a, b] = [sorted[below] as number, sorted[Math.min(sorted.length - 1, below + 1)] as number]
    return a + (place - below) * (b - a)
  }
  return [at(0.1), at(0.5), at(0.9)]
}

/** The places of a band within a span. */
export function bandWithin(band: Band, [from, to]: readonly [number, number]): readonly number[] {
  const found: number[] = []
  for (let i = indexFrom(band.x, from); i < band.x.length && (band.x[i] as number) <= to; i++) found.push(i)
  return found
}
