import { ParzenError } from '../error.js'
import { didYouMean } from '../space/closest.js'
import type { Choice, Parameter, Space } from '../space/distribution.js'
import { contains, countValues, fromUnit, toUnit, valueAt } from '../space/unit-cube.js'

/** The points of one parameter, in order, not stored where they can be computed. */
export interface Axis {
  readonly count: number
  at(k: number): Choice
}

export interface AxisOptions {
  /** The values to try, by parameter. */
  readonly points?: { readonly [name: string]: readonly Choice[] }
  /** Points of each continuous parameter, or of the numeric parameters named. Default 5. */
  readonly count?: number | { readonly [name: string]: number }
}

const DEFAULT_COUNT = 5

/** @throws ParzenError `sampler/option` if an option names no parameter or a value the parameter cannot take. */
export function axes(space: Space, options: AxisOptions): Map<string, Axis> {
  const { points = {}, count = DEFAULT_COUNT } = options
  const named = typeof count === 'number' ? {} : count
  for (const option of ['points', 'count'] as const) {
    for (const name of Object.keys(option === 'points' ? points : named)) {
      if (Object.hasOwn(space, name)) continue
      const hint = didYouMean(name, Object.keys(space))
      throw refusal(`${option}.${name}`, 'a parameter of the space', 'an unknown name', hint)
    }
  }
  const result = new Map<string, Axis>()
  for (const [name, parameter] of Object.entries(space)) {
    const given = points[name]
    result.set(
      name,
      given
        ? chosen(name, parameter, given)
        : axis(parameter, named[name], typeof count === 'number' ? count : undefined),
    )
  }
  return result
}

function refusal(option: string, expected: string, came: string, hint?: string): ParzenError {
  return new ParzenError('sampler/option', `sampler grid: ${option}: expected ${expected}, got ${came}`, {
    path: ['sampler', ...option.split(/\.(.*)/s).filter((part) => part !== '')],
    hint,
  })
}

function chosen(name: string, parameter: Parameter, given: readonly Choice[]): Axis {
  const { when: _when, ...distribution } = parameter
  for (const value of given) {
    if (contains(parameter, value)) continue
    throw refusal(`points.${name}`, `values of ${JSON.stringify(distribution)}`, JSON.stringify(value))
  }
  if (given.length === 0) throw refusal(`points.${name}`, 'at least one value', '[]')
  return listed(given)
}

function listed(values: readonly Choice[]): Axis {
  const distinct = [...new Set(values)]
  return { count: distinct.length, at: (k) => distinct[k] as Choice }
}

function axis(d: Parameter, ownCount: number | undefined, continuousCount = DEFAULT_COUNT): Axis {
  if (d.kind === 'categorical') return listed(d.choices.filter((_, k) => d.weights?.[k] !== 0))
  const values = countValues(d)
  if (ownCount === undefined && d.kind !== 'normal' && values < Infinity) {
    return { count: values, at: (k) => (values === 1 ? d.low : valueAt(d, k)) }
  }
  const n = Math.min(ownCount ?? continuousCount, values)
  if (d.kind === 'normal') return listed(spread(n, (k) => fromUnit(d, (k + 0.5) / n)))
  return listed(spread(n, (k) => between(d, n === 1 ? 0.5 : k / (n - 1))))
}

/** The value a share t of the way from low to high, in ln x for `log`. */
function between(d: Extract<Parameter, { kind: 'float' | 'int' }>, t: number): number {
  const x = d.log ? d.low * (d.high / d.low) ** t : d.low + (d.high - d.low) * t
  if (countValues(d) < Infinity) return fromUnit(d, toUnit(d, x)) as number
  // 0.001 rather than 0.0010000000000000002
  return Math.min(d.high, Math.max(d.low, Number(x.toPrecision(12))))
}

function spread(n: number, value: (k: number) => Choice): Choice[] {
  return Array.from({ length: n }, (_, k) => value(k))
}
