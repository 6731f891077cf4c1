import type { PartialDependence } from '@parzen/core'
import type { Axis } from './axis.js'
import type { Frame } from './frame.js'
import { type Cell, placeX, placeY } from './scatter-cell.js'

/** The model's mean with a band of one and of two standard deviations; of a category a bar each. */
export function drawDependence(frame: Frame, cell: Cell, { axes: [along], mean, sd }: PartialDependence): void {
  if (!along) return
  const { context, colours } = frame
  const points = along.positions
    .map((at, i) => ({ x: placeX(cell, at), mean: mean[i] as number, sd: sd[i] as number }))
    .sort((a, b) => a.x - b.x)
  const y = (value: number) => placeY(cell, cell.y.place(value))
  if (cell.x.isListed) {
    drawCategories(
      frame,
      cell,
      along.values.map((value, i) => ({
        x: placeX(cell, cell.x.place(value)),
        mean: mean[i] as number,
        sd: sd[i] as number,
      })),
    )
    return
  }
  context.fillStyle = colours.accent
  for (const [times, alpha] of [
    [2, 0.1],
    [1, 0.16],
  ] as const) {
    context.globalAlpha = alpha
    context.beginPath()
    for (const point of points) context.lineTo(point.x, y(point.mean + times * point.sd))
    for (const point of points.toReversed()) context.lineTo(point.x, y(point.mean - times * point.sd))
    context.fill()
  }
  context.globalAlpha = 1
  context.strokeStyle = colours.accent
  context.lineWidth = 2
  context.beginPath()
  for (const point of points) context.lineTo(point.x, y(point.mean))
  context.stroke()
}

function drawCategories(
  { context, colours }: Frame,
  cell: Cell,
  points: readonly { readonly x: number; readonly mean: number; readonly sd: number }[],
): void {
  const y = (value: number) => placeY(cell, cell.y.place(value))
  const half = Math.min(24, (0.3 * (cell.right - cell.left)) / Math.max(1, points.length))
  for (const { x, mean, sd } of points) {
    context.fillStyle = colours.accent
    context.globalAlpha = 0.18
    context.fillRect(x - half, y(mean + sd), 2 * half, y(mean - sd) - y(mean + sd))
    context.globalAlpha = 1
    context.strokeStyle = colours.accent
    context.lineWidth = 2.5
    context.beginPath()
    context.moveTo(x - half, y(mean))
    context.lineTo(x + half, y(mean))
    context.stroke()
  }
}

/** An axis for the mean, its band, and the usual of the trials. */
export function covering(
  { mean, sd }: PartialDependence,
  values: readonly number[],
  metric: (values: readonly number[]) => Axis,
): Axis {
  const ends = mean.flatMap((x, i) => [x - (sd[i] as number), x + (sd[i] as number)])
  // a quarter of the trials would otherwise decide what is seen of the model
  return metric([...ends, ...ends, ...ends, ...values])
}
