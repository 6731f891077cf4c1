import { formatValue } from '../controls/format.js'
import type { Frame } from './frame.js'
import type { Scale } from './scale.js'

/** Room around the plot for labels, in CSS pixels. */
export const PAD = { left: 62, right: 14, top: 12, bottom: 30 } as const

/** The plot's ends for a picture of this size: x from left to right, y from bottom to top. */
export function plotArea({ width, height }: { readonly width: number; readonly height: number }): {
  readonly x: readonly [number, number]
  readonly y: readonly [number, number]
} {
  return { x: [PAD.left, Math.max(PAD.left + 1, width - PAD.right)], y: [height - PAD.bottom, PAD.top] }
}

/** Lines across at the marks of y, labels at those of both. */
export function drawAxes(
  { context, colours, width, height }: Frame,
  {
    x,
    y,
    formatX = formatValue,
    formatY = formatValue,
  }: {
    readonly x: Scale
    readonly y: Scale
    readonly formatX?: (value: number) => string
    readonly formatY?: (value: number) => string
  },
): void {
  context.strokeStyle = colours.line
  context.fillStyle = colours.dim
  context.lineWidth = 1
  context.textAlign = 'right'
  context.textBaseline = 'middle'
  for (const tick of y.ticks) {
    context.beginPath()
    context.moveTo(PAD.left, y.at(tick))
    context.lineTo(width - PAD.right, y.at(tick))
    context.stroke()
    context.fillText(formatY(tick), PAD.left - 8, y.at(tick))
  }
  context.textAlign = 'center'
  context.textBaseline = 'top'
  for (const tick of x.ticks) context.fillText(formatX(tick), x.at(tick), height - PAD.bottom + 9)
}
