/** Learning curves made ready to draw: what lies across, smoothing, ranges, what is at a place. No pixels here. */

/** As the server sends it; steps ascending. */
export interface Curve {
  readonly trial: number
  readonly attempt?: number
  readonly steps: readonly number[]
  /** Epoch milliseconds of each point. */
  readonly at?: readonly number[]
  readonly values: readonly number[]
}

/** What lies across: the step, seconds since the curve's first point, or the time of day in epoch milliseconds. */
export type Across = 'step' | 'relative' | 'wall'

/** One trial's curve in the units of the picture; x ascending. */
export interface Line {
  readonly trial: number
  readonly x: Float64Array
  readonly y: Float64Array
}

export type Range = readonly [low: number, high: number]

/** @param smoothing weight of the mean so far, 0 to 1. */
export function lineOf(curve: Curve, across: Across, smoothing: number): Line {
  return { trial: curve.trial, x: placesOf(curve, across), y: smoothed(curve.values, smoothing) }
}

// plain loops: `Float64Array.from` with a function takes three times as long, and these go over every point there is
function placesOf({ steps, at }: Curve, across: Across): Float64Array {
  if (across === 'step' || !at || at.length !== steps.length) return new Float64Array(steps)
  const places = new Float64Array(at.length)
  const first = at[0] ?? 0
  let last = -Infinity
  for (let i = 0; i < at.length; i++) {
    const time = at[i] as number
    // a later step may have been told earlier; a line does not run back in time
    last = Math.max(last, across === 'wall' ? time : (time - first) / 1000)
    places[i] = last
  }
  return places
}

/** An exponential mean that begins without bias: divided by the weights so far (Adam's correction, as TensorBoard has it). */
export function smoothed(values: readonly number[], weight: number): Float64Array {
  const means = new Float64Array(values)
  if (weight === 0) return means
  let sum = 0
  let mass = 0
  for (let i = 0; i < means.length; i++) {
    sum = weight * sum + (1 - weight) * (means[i] as number)
    mass = weight * mass + (1 - weight)
    means[i] = sum / mass
  }
  return means
}

/** From the first x to the last; for a logarithmic axis only what is above 0. Undefined without a point. */
export function spanOf(lines: readonly Line[], isLog: boolean): Range | undefined {
  let [low, high] = [Infinity, -Infinity]
  for (const { x } of lines) {
    const first = isLog ? x.find((one) => one > 0) : x[0]
    if (first === undefined) continue
    low = Math.min(low, first)
    high = Math.max(high, x.at(-1) as number)
  }
  return low > high ? undefined : [low, high]
}

/** Below so many values every one of them is shown. */
const FEWEST_FOR_OUTLIERS = 100
const OUTLIERS = 0.02

/**
 * The range of the values within `span`. Without outliers the worst 2 % are left out, where that makes the picture at least
 * half again as fine: one diverged run must not flatten all others.
 */
export function rangeOf(
  lines: readonly Line[],
  {
    span: [from, to],
    isLog,
    isGreaterBetter,
    showsOutliers,
  }: { span: Range; isLog: boolean; isGreaterBetter: boolean; showsOutliers: boolean },
): Range {
  const found: number[] = []
  for (const { x, y } of lines) {
    for (let i = indexFrom(x, from); i < x.length && (x[i] as number) <= to; i++) {
      const value = y[i] as number
      if (!isLog || value > 0) found.push(value)
    }
  }
  if (found.length === 0) return isLog ? [0.1, 1] : [0, 1]
  const sorted = Float64Array.from(found).sort()
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))] as number
  const [least, most] = [at(0), at(1)]
  let [low, high] = [least, most]
  if (!showsOutliers && found.length >= FEWEST_FOR_OUTLIERS) {
    const tamed: Range = isGreaterBetter ? [at(OUTLIERS), most] : [least, at(1 - OUTLIERS)]
    const size = isLog ? ([a, b]: Range) => Math.log(b / a) : ([a, b]: Range) => b - a
    if (size([least, most]) > 1.5 * size(tamed) && size(tamed) > 0) [low, high] = tamed
  }
  if (isLog) return low === high ? [low / 2, high * 2] : [low, high]
  const room = 0.03 * (high - low || Math.abs(high) || 1)
  return [low - room, high + room]
}

/** The first index whose x is not below `from`. */
export function indexFrom(x: Float64Array, from: number): number {
  let [low, high] = [0, x.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((x[middle] as number) < from) low = middle + 1
    else high = middle
  }
  return low
}

/** The value at `x`, between two points along the straight line; undefined before the first and after the last. */
export function valueAt({ x, y }: Pick<Line, 'x' | 'y'>, where: number): number | undefined {
  const i = indexFrom(x, where)
  if (i === x.length) return undefined
  const [right, above] = [x[i] as number, y[i] as number]
  if (right === where) return above
  if (i === 0) return undefined
  const [left, below] = [x[i - 1] as number, y[i - 1] as number]
  return below + ((where - left) / (right - left)) * (above - below)
}

/** By trial: 0 the best … 1 the worst last value, by rank, so that one bad run does not take all the colours. */
export function ranksOf(
  curves: readonly Pick<Curve, 'trial' | 'values'>[],
  isGreaterBetter: boolean,
): ReadonlyMap<number, number> {
  const sign = isGreaterBetter ? -1 : 1
  const last = curves.map(({ trial, values }) => ({ trial, cost: sign * (values.at(-1) ?? 0) }))
  last.sort((a, b) => a.cost - b.cost)
  return new Map(last.map(({ trial }, i) => [trial, i / Math.max(1, last.length - 1)]))
}
