import type { TrialRow } from '@parzen/core'
import { cell } from '../state/filter.js'
import type { Axis } from './axis.js'
import type { Frame } from './frame.js'

/** Room around the axes, in CSS pixels. */
export const SIDE = 64
const TOP = 14
const BOTTOM = 46
/** Where a parameter is not set: a place of its own below the axis, so that no trial of a conditional space is lost. */
const MISSING = 24

export interface Size {
  readonly width: number
  readonly height: number
}

export function xOf(axis: number, count: number, { width }: { readonly width: number }): number {
  return count === 1 ? width / 2 : SIDE + (axis / (count - 1)) * (width - 2 * SIDE)
}

export function yOf(place: number, { height }: { readonly height: number }): number {
  return TOP + (1 - place) * (height - TOP - BOTTOM)
}

/** The axis near a place in the picture, and the place on it: below 0 where values are not set. */
export function placeAt(
  x: number,
  y: number,
  count: number,
  { width, height }: Size,
): { readonly axis: number; readonly place: number } {
  const axis = Math.round(((x - SIDE) / Math.max(1, width - 2 * SIDE)) * (count - 1))
  const place = 1 - (y - TOP) / (height - TOP - BOTTOM)
  return {
    axis: Math.min(count - 1, Math.max(0, axis)),
    place: y > height - BOTTOM + 6 ? -1 : Math.min(1, Math.max(0, place)),
  }
}

/** A trial's way through the axes: y by axis. */
export interface Line {
  readonly row: TrialRow
  readonly ys: Float32Array
}

export function linesOf(rows: readonly TrialRow[], axes: readonly Axis[], size: Size): Line[] {
  return rows.map((row) => ({
    row,
    ys: Float32Array.from(axes, (axis) => {
      const value = cell(row, axis.name)
      return value === undefined ? size.height - MISSING : yOf(axis.place(value), size)
    }),
  }))
}

/** The line that passes closest by, within some pixels. */
export function nearestLine(
  lines: readonly Line[],
  x: number,
  y: number,
  { width }: Size,
  within = 7,
): Line | undefined {
  const count = lines[0]?.ys.length ?? 0
  const along = count < 2 ? 0 : ((x - SIDE) / (width - 2 * SIDE)) * (count - 1)
  if (along < -0.1 || along > count - 0.9) return undefined
  const left = Math.min(Math.max(0, count - 2), Math.max(0, Math.floor(along)))
  const share = Math.min(1, Math.max(0, along - left))
  let found: Line | undefined
  let least = within
  for (const line of lines) {
    const [a, b] = [line.ys[left] as number, line.ys[left + 1] ?? (line.ys[left] as number)]
    const distance = Math.abs(a + (b - a) * share - y)
    if (distance > least) continue
    least = distance
    found = line
  }
  return found
}

export function trace({ context, width }: Frame, { ys }: Line): void {
  for (let i = 0; i < ys.length; i++) {
    const x = xOf(i, ys.length, { width })
    if (i === 0) context.moveTo(x, ys[i] as number)
    else context.lineTo(x, ys[i] as number)
  }
}

/** From so many lines on they are one device pixel wide, which is drawn about ten times as fast as a broader line. */
const MANY = 300

/** @param lines the best first; it lies above */
export function drawLines(frame: Frame, lines: readonly Line[], colour: (row: TrialRow) => string): void {
  const { context } = frame
  context.lineWidth = lines.length > MANY ? 1 / context.getTransform().a : 1.2
  context.lineJoin = 'miter'
  context.globalAlpha = lines.length > MANY ? 0.5 : 0.75
  // each by itself: one path of thousands of lines that cross takes many times as long
  for (const line of lines.toReversed()) {
    context.strokeStyle = colour(line.row)
    context.beginPath()
    trace(frame, line)
    context.stroke()
  }
  context.globalAlpha = 1
}

export function drawAxes(
  frame: Frame,
  axes: readonly Axis[],
  brushes: readonly (readonly (readonly [number, number])[])[],
  missing: readonly boolean[],
): void {
  const { context, colours, height } = frame
  axes.forEach((axis, i) => {
    const x = xOf(i, axes.length, frame)
    context.strokeStyle = colours.dim
    context.lineWidth = 1.5
    context.beginPath()
    context.moveTo(x, TOP)
    context.lineTo(x, height - BOTTOM)
    context.stroke()
    for (const [low, high] of brushes[i] ?? []) drawBrush(frame, x, low, high)
    drawLabels(frame, axis, x)
    if (!missing[i]) return
    context.textAlign = 'center'
    context.textBaseline = 'top'
    context.fillText('not set', x, height - MISSING + 7)
  })
}

const MOST_LABELS = 14

function drawLabels(frame: Frame, axis: Axis, x: number): void {
  const { context, colours } = frame
  const every = Math.ceil(axis.labels.length / MOST_LABELS)
  context.textAlign = 'left'
  context.textBaseline = 'middle'
  context.fillStyle = colours.dim
  context.strokeStyle = colours.card
  context.lineWidth = 4
  for (const [k, { at, text }] of axis.labels.entries()) {
    if (k % every !== 0) continue
    // an edge of the background's colour: lines run beneath
    const short = text.length > 13 ? `${text.slice(0, 12)}…` : text
    context.strokeText(short, x + 6, yOf(at, frame))
    context.fillText(short, x + 6, yOf(at, frame))
  }
}

export function drawBrush(frame: Frame, x: number, low: number, high: number): void {
  const { context, colours } = frame
  const [top, bottom] = [yOf(high, frame), yOf(low, frame)]
  context.fillStyle = colours.accent
  context.strokeStyle = colours.accent
  context.lineWidth = 1
  context.globalAlpha = 0.22
  context.fillRect(x - 8, top, 16, Math.max(3, bottom - top))
  context.globalAlpha = 0.9
  context.strokeRect(x - 8, top, 16, Math.max(3, bottom - top))
  context.globalAlpha = 1
}

/** The band in which values are not set, as something that is being brushed. */
export function drawMissingBrush({ context, colours, height }: Frame, x: number): void {
  context.fillStyle = colours.accent
  context.globalAlpha = 0.22
  context.fillRect(x - 22, height - MISSING - 8, 44, 16)
  context.globalAlpha = 1
}
