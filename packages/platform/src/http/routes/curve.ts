import type { TrialRecord } from '@parzen/core'

/** One metric of a trial by step; steps ascending, each once. */
export interface Curve {
  readonly steps: readonly number[]
  /** Epoch milliseconds of each point. */
  readonly at: readonly number[]
  readonly values: readonly number[]
}

export interface AttemptCurve extends Curve {
  readonly attempt: number
}

interface Point {
  readonly at: number
  readonly value: number
}

/**
 * What a trial's attempts reported of a metric: of several values at a step the last; what is no number is left out.
 *
 * @param attempts `last`: the last attempt that reported it, with the steps before its first that the attempts it went on
 * from reported; `all`: each on its own.
 */
export function curvesOf({ reports }: TrialRecord, metric: string, attempts: 'last' | 'all'): AttemptCurve[] {
  const found = new Map<number, Map<number, Point>>()
  for (const { attempt, step, at, metrics } of reports) {
    const value = Number(metrics[metric] ?? Number.NaN)
    if (!Number.isFinite(value)) continue
    const points = found.get(attempt) ?? new Map<number, Point>()
    found.set(attempt, points)
    points.set(step, { at, value })
  }
  const all = [...found].map(([attempt, points]) => ({ attempt, ...curveOf(points) }))
  const last = all.at(-1)
  if (attempts === 'all' || !last) return all
  return [{ ...all.reduce(continued), attempt: last.attempt }]
}

/** An attempt that begins behind the first step of the one before it went on from a checkpoint of that. */
function continued(before: AttemptCurve, after: AttemptCurve): AttemptCurve {
  const first = after.steps[0] ?? 0
  const length = before.steps.filter((step) => step < first).length
  const join = (key: keyof Curve) => [...before[key].slice(0, length), ...after[key]]
  return { attempt: after.attempt, steps: join('steps'), at: join('at'), values: join('values') }
}

function curveOf(points: ReadonlyMap<number, Point>): Curve {
  const sorted = [...points].sort(([a], [b]) => a - b)
  return {
    steps: sorted.map(([step]) => step),
    at: sorted.map(([, { at }]) => at),
    values: sorted.map(([, { value }]) => value),
  }
}

/** The least and the greatest value of each of points / 2 stretches, and both ends, so that no spike is lost. */
export function thinned({ steps, at, values }: Curve, points: number): Curve {
  if (steps.length <= points) return { steps, at, values }
  const kept = new Set([0, steps.length - 1])
  const stretches = Math.floor((points - 2) / 2)
  for (let s = 0; s < stretches; s++) {
    const from = Math.floor((s * steps.length) / stretches)
    const to = Math.floor(((s + 1) * steps.length) / stretches)
    let [least, greatest] = [from, from]
    for (let i = from; i < to; i++) {
      if ((values[i] as number) < (values[least] as number)) least = i
      if ((values[i] as number) > (values[greatest] as number)) greatest = i
    }
    kept.add(least)
    kept.add(greatest)
  }
  const order = [...kept].sort((a, b) => a - b)
  const pick = (all: readonly number[]) => order.map((i) => all[i] as number)
  return { steps: pick(steps), at: pick(at), values: pick(values) }
}
