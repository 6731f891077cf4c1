/** Learning curves made ready to draw: what lies across, smoothing, ranges, what is at a place. No pixels here. */

/** What one trial reported; steps ascending. */
export interface OwnCurve {
  readonly trial: number
  readonly steps: readonly number[]
  /** Epoch milliseconds of each point. */
  readonly at?: readonly number[]
  readonly values: readonly number[]
}

/** As the server sends it. */
export interface Curve extends OwnCurve {
  readonly attempt?: number
  /** Of a fork: what the trials it goes on from reported up to there, the oldest first. */
  readonly inherited?: readonly OwnCurve[] | undefined
}

/** What lies across: the step, seconds since the curve's first point, an inherited one too, or the time of day in epoch milliseconds. */
export type Across = 'step' | 'relative' | 'wall'

/** One trial's curve in the units of the picture, behind what it inherited; x ascending. */
export interface Line {
  readonly trial: number
  readonly x: Float64Array
  readonly y: Float64Array
  /** Whose points those are that it inherited, in order; none of a trial that is no fork. */
  readonly inherited?: readonly Inherited[]
}

export interface Inherited {
  readonly trial: number
  /** The index after its last point. */
  readonly end: number
}

export type Range = readonly [low: number, high: number]

/** @param smoothing weight of the mean so far, 0 to 1. */
export function lineOf(curve: Curve, across: Across, smoothing: number): Line {
  const { trial, inherited = [] } = curve
  const { steps, at, values } = inherited.length === 0 ? curve : joined([...inherited, curve])
  const line = { trial, x: placesOf({ steps, at }, across), y: smoothed(values, smoothing) }
  if (inherited.length === 0) return line
  const ends: Inherited[] = []
  for (const part of inherited) ends.push({ trial: part.trial, end: (ends.at(-1)?.end ?? 0) + part.steps.length })
  return { ...line, inherited: ends }
}

function joined(parts: readonly OwnCurve[]): Pick<Curve, 'steps' | 'values'> & { at: readonly number[] | undefined } {
  return {
    steps: parts.flatMap(({ steps }) => steps),
    at: parts.every(({ at }) => at) ? parts.flatMap(({ at = [] }) => at) : undefined,
    values: parts.flatMap(({ values }) => values),
  }
}

/** The index of its first own point. */
export function firstOwn({ inherited }: Line): number {
  return inherited?.at(-1)?.end ?? 0
}

/** The trial that a place on a line belongs to: between two trials the later one has trained. */
export function ownerAt({ trial, x, inherited }: Line, where: number): number {
  return inherited?.find(({ end }) => (x[end - 1] as number) >= where)?.trial ?? trial
}

/** What its trial reported itself. */
export function ownPart(line: Line): Line {
  return firstOwn(line) === 0 ? line : pieceOf(line, firstOwn(line))
}

/** What its trial trained: its own points, and the way there from the last one it inherited. */
export function trainedPart(line: Line): Line {
  return firstOwn(line) === 0 ? line : pieceOf(line, firstOwn(line) - 1)
}

export function inheritedPart(line: Line): Line {
  return pieceOf(line, 0, firstOwn(line))
}

function pieceOf({ trial, x, y }: Line, from: number, to = x.length): Line {
  return { trial, x: x.subarray(from, to), y: y.subarray(from, to) }
}

// plain loops: `Float64Array.from` with a function takes three times as long, and these go over every point there is
function placesOf({ steps, at }: { steps: Curve['steps']; at: Curve['at'] | undefined }, across: Across): Float64Array {
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
  curves: readonly Pick<Curve, 'trial' | 'values' | 'inherited'>[],
  isGreaterBetter: boolean,
): ReadonlyMap<number, number> {
  const sign = isGreaterBetter ? -1 : 1
  const last = curves.map(({ trial, values, inherited }) => {
    // a fork that has yet to report is as good as what it goes on from
    const value = values.at(-1) ?? inherited?.at(-1)?.values.at(-1) ?? 0
    return { trial, cost: sign * value }
  })
  last.sort((a, b) => a.cost - b.cost)
  return new Map(last.map(({ trial }, i) => [trial, i / Math.max(1, last.length - 1)]))
}
