import { type Choice, type StudySpec, type TrialRow, toUnit } from '@parzen/core'
import { cell } from '../state/filter.js'

/** How trials are coloured: by a place from 0 to 1, or by a category of a few. */
export interface Shading {
  readonly name: string
  /** Undefined: it has no value. */
  readonly at: (row: TrialRow) => number | undefined
  /** Their colours stand at k / (count − 1); undefined for a ramp. */
  readonly categories: readonly string[] | undefined
  /** What 0 and 1 mean. */
  readonly ends: readonly [string, string]
}

/**
 * An objective and what else was measured by rank, so that one bad run does not take all the colours (0 the best of an objective);
 * a parameter by its own distribution, a category by its colour.
 */
export function shadingBy(name: string, rows: readonly TrialRow[], spec: StudySpec | undefined): Shading {
  const parameter = spec?.space[name]
  if (parameter?.kind === 'categorical') {
    const place = new Map<unknown, number>(
      parameter.choices.map((choice, k) => [choice, k / Math.max(1, parameter.choices.length - 1)]),
    )
    return {
      name,
      at: (row) => place.get(row.params[name]),
      categories: parameter.choices.map(String),
      ends: ['', ''],
    }
  }
  if (parameter) {
    const at = (row: TrialRow) =>
      row.params[name] === undefined ? undefined : toUnit(parameter, row.params[name] as Choice)
    return { name, at, categories: undefined, ends: ['low', 'high'] }
  }
  const objective = spec?.objectives.findIndex(({ metric }) => metric === name) ?? -1
  const isDown = spec?.objectives[objective]?.direction === 'maximize'
  const places = ranks(rows, (row) => (objective >= 0 ? row.values?.[objective] : cell(row, name)), isDown)
  return {
    name,
    at: (row) => places.get(row.number),
    categories: undefined,
    ends: objective >= 0 ? ['best', 'worst'] : name === 'trial' ? ['first', 'last'] : ['low', 'high'],
  }
}

/** By trial: 0 the first … 1 the last; equal values have one place. */
function ranks(
  rows: readonly TrialRow[],
  value: (row: TrialRow) => unknown,
  isDown: boolean,
): ReadonlyMap<number, number> {
  const known = rows.flatMap((row) => {
    const x = value(row)
    return typeof x === 'number' && !Number.isNaN(x) ? [{ number: row.number, x }] : []
  })
  known.sort((a, b) => (isDown ? b.x - a.x : a.x - b.x))
  const last = Math.max(1, known.length - 1)
  const found = new Map<number, number>()
  let place = 0
  for (const [i, { number, x }] of known.entries()) {
    if (i === 0 || x !== known[i - 1]?.x) place = i / last
    found.set(number, place)
  }
  return found
}

const CATEGORIES = 8
const STEPS = 32

/** Colours of a shading; few different ones, so that what has one colour can be drawn at once. */
export function colourOf(
  { at, categories }: Shading,
  { isDark, dim }: { readonly isDark: boolean; readonly dim: string },
): (row: TrialRow) => string {
  const table = Array.from({ length: STEPS }, (_, i) => rampColour(i / (STEPS - 1), isDark))
  return (row) => {
    const place = at(row)
    if (place === undefined) return dim
    if (categories) return categoryColour(Math.round(place * (categories.length - 1)), isDark)
    return table[Math.round(Math.min(1, Math.max(0, place)) * (STEPS - 1))] as string
  }
}

/** Blue the best (or the least), over green to orange. */
export function rampColour(place: number, isDark: boolean): string {
  const lightness = isDark ? 0.8 - 0.12 * place : 0.5 + 0.2 * place
  const chroma = 0.17 - 0.06 * Math.sin(Math.PI * place)
  return `oklch(${lightness.toFixed(3)} ${chroma.toFixed(3)} ${(265 - 205 * place).toFixed(1)})`
}

const HUES = [265, 55, 165, 345, 100, 300, 210, 20]

export function categoryColour(index: number, isDark: boolean): string {
  const hue = HUES[index % CATEGORIES] as number
  const isAgain = Math.floor(index / CATEGORIES) % 2 === 1
  return `oklch(${(isDark ? 0.76 : 0.56) + (isAgain ? -0.14 : 0)} 0.15 ${hue})`
}
