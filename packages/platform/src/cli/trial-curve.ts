import type { CurvePart, Study } from '@parzen/core'
import { findCurves } from '../http/curves.js'
import type { SeriesStore } from '../stores/series.js'
import { chart } from './format/chart.js'
import { plain } from './format/width.js'

/** More than a terminal has columns of dots. */
const POINTS = 400

/** The first objective as a trial reported it, behind what it inherited. */
export async function trialCurve(series: SeriesStore, study: Study, trial: number): Promise<readonly CurvePart[]> {
  const metric = study.spec.objectives[0]?.metric ?? 'value'
  const found = await findCurves(series, study, { metric, trials: [trial], limit: 1, points: POINTS, attempts: 'last' })
  return (await found.read()).flatMap(({ inherited = [], ...own }) => [...inherited, own])
}

/** The parts as one line by step, a mark where each but the first begins; none of fewer than three points. */
export function curveLines(
  parts: readonly CurvePart[],
  { metric, width }: { readonly metric: string; readonly width: number },
): string[] {
  const steps = parts.flatMap((part) => part.steps)
  const values = parts.flatMap((part) => part.values)
  const [first, last] = [steps[0], steps.at(-1)]
  if (first === undefined || last === undefined || steps.length < 3) return []
  // even places: between two points it is what was last
  const ys: number[] = []
  for (let place = 0, i = 0; place <= POINTS; place++) {
    while (i + 1 < steps.length && (steps[i + 1] as number) <= first + (place / POINTS) * (last - first)) i++
    ys.push(values[i] as number)
  }
  const marks = parts.slice(1).map((part) => (((part.steps[0] ?? first) - first) / (last - first)) * POINTS)
  const axis = `${plain(metric)} by step${marks.length > 0 ? ', ▲ forked' : ''}`
  return chart(ys, { width, height: 6, axis, ends: [first, last], marks })
}
