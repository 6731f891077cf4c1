import type { TrialRecord } from '@parzen/core'

export interface Curve {
  /** Ascending. */
  readonly steps: number[]
  readonly values: number[]
}

/** What a trial reported of a metric; of several values at a step the last, what is no number left out. */
export function curveOf({ reports }: TrialRecord, metric: string): Curve {
  const at = new Map<number, number>()
  for (const { step, metrics } of reports) {
    const value = Number(metrics[metric] ?? Number.NaN)
    if (Number.isFinite(value)) at.set(step, value)
  }
  const steps = [...at.keys()].sort((a, b) => a - b)
  return { steps, values: steps.map((step) => at.get(step) as number) }
}

/** The least and the greatest value of each of points / 2 stretches, and both ends, so that no spike is lost. */
export function thinned(curve: Curve, points: number): Curve {
  const { steps, values } = curve
  if (steps.length <= points) return curve
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
  return { steps: order.map((i) => steps[i] as number), values: order.map((i) => values[i] as number) }
}
