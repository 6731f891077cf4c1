import type { Choice, Parameter } from '@parzen/core'
import { toUnit } from '@parzen/core'
import { formatValue } from '../controls/format.js'
import { quoted } from '../state/filter.js'

/** One axis of parallel coordinates: a place in [0, 1] for each value, 1 at the top. */
export interface Axis {
  readonly name: string
  readonly place: (value: Choice) => number
  readonly labels: readonly { readonly at: number; readonly text: string }[]
  /** The condition that the stretch between two places means, in the words of a filter. */
  readonly condition: (low: number, high: number) => string
}

export function parameterAxis(name: string, parameter: Parameter): Axis {
  if (parameter.kind === 'categorical') {
    const { choices } = parameter
    const place = (value: Choice) => (choices.indexOf(value) + 0.5) / choices.length
    return {
      name,
      place,
      labels: choices.map((choice) => ({ at: place(choice), text: String(choice) })),
      condition: (low, high) => {
        const within = choices.filter((choice) => place(choice) >= low && place(choice) <= high)
        return `${quoted(name)} in (${within.map((choice) => quoted(String(choice))).join(', ')})`
      },
    }
  }
  const place = (value: Choice) => toUnit(parameter, value)
  const [low, high] =
    parameter.kind === 'normal'
      ? [parameter.mean - 3 * parameter.sd, parameter.mean + 3 * parameter.sd]
      : [parameter.low, parameter.high]
  return numberAxis(name, { place, low, high, isLog: 'log' in parameter && parameter.log === true })
}

/** Of a metric: from its least to its greatest value. */
export function metricAxis(name: string, values: readonly number[]): Axis {
  let low = Infinity
  let high = -Infinity
  for (const value of values) {
    if (value < low) low = value
    if (value > high) high = value
  }
  if (!(high > low)) high = low + 1
  // results spread over orders of magnitude would all lie at one end
  const isLog = low > 0 && high / low > 50
  const on = (value: Choice) => (isLog ? Math.log(Number(value)) : Number(value))
  const place = (value: Choice) => (on(value) - on(low)) / (on(high) - on(low))
  return numberAxis(name, { place, low, high, isLog })
}

function numberAxis(
  name: string,
  { place, low, high, isLog }: { place: (value: Choice) => number; low: number; high: number; isLog: boolean },
): Axis {
  const at = (share: number) => (isLog ? low * (high / low) ** share : low + share * (high - low))
  return {
    name,
    place,
    labels: [0, 0.25, 0.5, 0.75, 1].map((share) => ({
      at: share,
      text: formatValue(Number(at(share).toPrecision(3))),
    })),
    condition: (from, to) => {
      return `${quoted(name)} >= ${Number(at(from).toPrecision(4))} and ${quoted(name)} <= ${Number(at(to).toPrecision(4))}`
    },
  }
}
