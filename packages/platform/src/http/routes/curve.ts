import type { Points } from '@parzen/core'

/** What an attempt measured of one metric, in the order it came. */
export interface AttemptPoints extends Points {
  readonly attempt: number
}

/**
 * Curves by step: steps ascending, each once, with the last of its values.
 *
 * @param attempts `last`: the last attempt that has points, with the steps before its first that the attempts it went on
 * from reported; `all`: each on its own.
 */
export function curvesOf(parts: readonly AttemptPoints[], attempts: 'last' | 'all'): AttemptPoints[] {
  const all = parts.filter(({ steps }) => steps.length > 0).map(byStep)
  const last = all.at(-1)
  return attempts === 'all' || !last ? all : [all.reduce(continued)]
}

/** An attempt that begins behind the first step of the one before it went on from a checkpoint of that. */
function continued(before: AttemptPoints, after: AttemptPoints): AttemptPoints {
  const first = after.steps[0] ?? 0
  const length = before.steps.filter((step) => step < first).length
  const join = (key: keyof Points) => [...before[key].slice(0, length), ...after[key]]
  return { attempt: after.attempt, steps: join('steps'), at: join('at'), values: join('values') }
}

function byStep(points: AttemptPoints): AttemptPoints {
  const { attempt, steps } = points
  if (steps.every((step, i) => i === 0 || step > (steps[i - 1] as number))) return points
  const placeOf = new Map(steps.map((step, i) => [step, i]))
  const order = [...placeOf].sort(([a], [b]) => a - b).map(([, i]) => i)
  return { attempt, ...picked(points, order) }
}

/** The least and the greatest value of each of points / 2 stretches, and both ends, so that no spike is lost. */
export function thinned(curve: Points, points: number): Points {
  const { steps, at, values } = curve
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
  return picked(
    curve,
    [...kept].sort((a, b) => a - b),
  )
}

function picked({ steps, at, values }: Points, order: readonly number[]): Points {
  const pick = (all: readonly number[]) => order.map((i) => all[i] as number)
  return { steps: pick(steps), at: pick(at), values: pick(values) }
}
