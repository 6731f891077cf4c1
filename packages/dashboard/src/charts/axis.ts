import { type Choice, fromUnit, type Parameter, type StudySpec, type TrialRow, toUnit } from '@parzen/core'
import { formatValue } from '../controls/format.js'
import { cell, quoted } from '../state/filter.js'
import { stretch } from '../state/filter-terms.js'
import { scale } from './scale.js'
import { tamed } from './tamed.js'

/** A parameter, a metric or another column of trials along a side of a picture: a place in [0, 1] for each value. */
export interface Axis {
  readonly name: string
  readonly place: (value: Choice) => number
  readonly valueAt: (place: number) => Choice
  readonly labels: readonly { readonly at: number; readonly text: string }[]
  /** Its values are a list of words, each with a stretch of its own. */
  readonly isListed: boolean
  /** What the stretch between two places says as a filter. */
  readonly condition: (low: number, high: number) => string
}

const STATES = ['complete', 'pruned', 'failed', 'paused', 'running', 'waiting']

/** @param rows whose values a metric's axis has to cover. */
export function axisOf(name: string, rows: readonly TrialRow[], spec: StudySpec | undefined): Axis {
  const parameter = spec?.space[name]
  if (parameter) return parameterAxis(name, parameter)
  if (name === 'state') return listedAxis(name, STATES)
  const values = rows.flatMap((row) => {
    const value = cell(row, name)
    return typeof value === 'number' ? [value] : []
  })
  const direction = spec?.objectives.find(({ metric }) => metric === name)?.direction
  return metricAxis(name, values, direction)
}

function listedAxis(name: string, choices: readonly Choice[]): Axis {
  const place = (value: Choice) => (choices.indexOf(value) + 0.5) / choices.length
  return {
    name,
    place,
    valueAt: (at) => choices[Math.min(choices.length - 1, Math.max(0, Math.floor(at * choices.length)))] as Choice,
    labels: choices.map((choice) => ({ at: place(choice), text: String(choice) })),
    isListed: true,
    condition: (low, high) => {
      const within = choices.filter((choice) => place(choice) >= low && place(choice) <= high)
      const middle = Math.min(choices.length - 1, Math.floor(((low + high) / 2) * choices.length))
      const kept = within.length > 0 ? within : choices.slice(middle, middle + 1)
      return `${quoted(name)} in (${kept.map((choice) => quoted(String(choice))).join(', ')})`
    },
  }
}

export function parameterAxis(name: string, parameter: Parameter): Axis {
  if (parameter.kind === 'categorical') return listedAxis(name, parameter.choices)
  const isLog = parameter.log === true
  const [low, high] =
    parameter.kind === 'normal'
      ? [Number(fromUnit(parameter, 0.001)), Number(fromUnit(parameter, 0.999))]
      : [parameter.low, parameter.high]
  const place = (value: Choice) => toUnit(parameter, value)
  const valueAt = (at: number) => fromUnit(parameter, Math.min(1 - 2 ** -53, Math.max(0, at)))
  const { ticks } = scale([low, high], [0, 1], { isLog, spacing: 0.2 })
  return {
    name,
    place,
    valueAt,
    labels: ticks
      .filter((tick) => parameter.kind !== 'int' || Number.isInteger(tick))
      .map((tick) => ({ at: place(tick), text: formatValue(tick) })),
    isListed: false,
    condition: (from, to) => stretch(name, Number(valueAt(from)), Number(valueAt(to))),
  }
}

/** From the best value to a little beyond the usual; what lies beyond is at the end, and a brush that reaches an end has none. */
export function metricAxis(
  name: string,
  values: readonly number[],
  direction?: 'minimize' | 'maximize' | undefined,
): Axis {
  let [least, most] = [Infinity, -Infinity]
  for (const value of values) [least, most] = [Math.min(least, value), Math.max(most, value)]
  // results spread over orders of magnitude would all lie at one end
  const along = scale(tamed(values, direction, least > 0 && most / least > 50), [0, 1], {
    isLog: least > 0 && most / least > 50,
    spacing: 0.2,
  })
  const isEnd = (at: number) => at <= 0.002 || at >= 0.998
  return {
    name,
    place: (value) => along.at(Number(value)),
    valueAt: along.valueAt,
    labels: along.ticks.map((tick) => ({ at: along.at(tick), text: formatValue(tick) })),
    isListed: false,
    condition: (from, to) => {
      const [low, high] = [isEnd(from) ? undefined : along.valueAt(from), isEnd(to) ? undefined : along.valueAt(to)]
      return low === undefined && high === undefined ? `${quoted(name)} is set` : stretch(name, low, high)
    },
  }
}

const PROBES = 200

/** The stretches of an axis that a condition on it lets through, from low to high. */
export function passing(axis: Axis, passes: (row: TrialRow) => boolean): readonly (readonly [number, number])[] {
  const found: [number, number][] = []
  let isOpen = false
  for (let i = 0; i <= PROBES; i++) {
    const at = i / PROBES
    const isIn = passes(probe(axis.name, axis.valueAt(at)))
    if (isIn && isOpen) (found.at(-1) as [number, number])[1] = at
    else if (isIn) found.push([at, at])
    isOpen = isIn
  }
  return found
}

/** A trial that has this one value only. */
export function probe(name: string, value: Choice | undefined): TrialRow {
  const params = value === undefined ? {} : { [name]: value }
  return { number: value, state: value, params, metrics: {}, startedAt: 0, finishedAt: null } as unknown as TrialRow
}
