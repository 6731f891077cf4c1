import type { StudySpec, TrialRow } from '@parzen/core'
import { useCallback, useMemo } from 'react'
import { cell, quoted } from '../state/filter.js'
import type { Axis } from './axis.js'
import type { Box, Frame } from './frame.js'
import {
  drawAxes,
  drawBrush,
  drawLines,
  drawMissingBrush,
  type Line,
  linesOf,
  nearestLine,
  placeAt,
  SIDE,
  trace,
  xOf,
} from './parallel-lines.js'
import { Plot } from './plot.js'
import { colourOf, type Shading } from './shading.js'
import { TrialTip } from './trial-tip.js'

const HEIGHT = 440
const LEAST_BRUSH = 0.02
/** More lines than these are one blot, and take longer than a frame: then every so many of them are drawn. */
export const MOST_LINES = 2000

/**
 * A line a trial through all its values; those outside the filter are faint. Dragging along an axis says what is to pass there,
 * down to "not set"; a line can be pointed at, chosen and opened as in every picture.
 */
export function ParallelCoordinates({
  rows,
  shown,
  axes,
  brushes,
  shading,
  spec,
  onBrush,
}: {
  rows: readonly TrialRow[]
  shown: readonly TrialRow[]
  axes: readonly Axis[]
  /** By axis, the stretches that the filter lets through. */
  brushes: readonly (readonly (readonly [number, number])[])[]
  shading: Shading
  spec: StudySpec | undefined
  onBrush: (name: string, condition: string) => void
}) {
  const ranked = useMemo(
    () =>
      thinned(
        shown.toSorted((a, b) => (shading.at(a) ?? 2) - (shading.at(b) ?? 2)),
        MOST_LINES,
      ),
    [shown, shading],
  )
  const faint = useMemo(() => {
    if (shown.length === rows.length) return []
    const pass = new Set(shown)
    return thinned(
      rows.filter((row) => !pass.has(row)),
      MOST_LINES / 5,
    )
  }, [rows, shown])
  const missing = useMemo(() => axes.map(({ name }) => rows.some((row) => cell(row, name) === undefined)), [axes, rows])
  const picture = useCallback(
    (size: { readonly width: number; readonly height: number }) => {
      const lines = linesOf(ranked, axes, size)
      const byRow = new Map(lines.map((line) => [line.row, line]))
      const last = size.width - SIDE
      return {
        marks: lines.map(({ row, ys }) => ({ row, x: last, y: ys.at(-1) as number })),
        paint: (frame: Frame) => {
          drawFaint(frame, linesOf(faint, axes, size))
          drawLines(frame, lines, colourOf(shading, { isDark: frame.isDark, dim: frame.colours.dim }))
          drawAxes(frame, axes, brushes, missing)
        },
        find: (x: number, y: number) => {
          const line = nearestLine(lines, x, y, size)
          return line && { row: line.row, x, y }
        },
        pointOut: (frame: Frame, { row }: { row: TrialRow }, how: 'near' | 'chosen') => {
          const line = byRow.get(row)
          if (line) drawStrong(frame, line, how === 'near' ? frame.colours.text : frame.colours.accent)
        },
        drawBox: (frame: Frame, box: Box) => drawBrushing(frame, axes.length, box),
      }
    },
    [ranked, faint, axes, brushes, missing, shading],
  )
  return (
    <Plot
      label={`parallel coordinates of ${shown.length} trials over ${axes.map(({ name }) => name).join(', ')}`}
      height={HEIGHT}
      picture={picture}
      tip={(row) => <TrialTip row={row} spec={spec} />}
      onBox={({ from, to }, size) => {
        const start = placeAt(from.x, from.y, axes.length, size)
        const axis = axes[start.axis]
        const condition = axis && brushed(axis, start.place, placeAt(from.x, to.y, axes.length, size).place)
        if (axis && condition) onBrush(axis.name, condition)
      }}
    />
  )
}

/** @param from, to places; below 0 where it is not set. */
function brushed(axis: Axis, from: number, to: number): string | undefined {
  const unset = `${quoted(axis.name)} not set`
  const [low, high] = from < to ? [from, to] : [to, from]
  if (high < 0) return unset
  if (low < 0) return `(${axis.condition(0, high)} or ${unset})`
  return high - low < LEAST_BRUSH ? undefined : axis.condition(low, high)
}

/** Spread over the whole, the first among them. */
function thinned<T>(all: readonly T[], most: number): readonly T[] {
  if (all.length <= most) return all
  return Array.from({ length: most }, (_, i) => all[Math.floor((i * all.length) / most)] as T)
}

function drawFaint(frame: Frame, lines: readonly Line[]): void {
  const { context, colours } = frame
  context.globalAlpha = 0.12
  context.strokeStyle = colours.dim
  context.lineWidth = 1 / context.getTransform().a
  for (const line of lines) {
    context.beginPath()
    trace(frame, line)
    context.stroke()
  }
  context.globalAlpha = 1
}

function drawStrong(frame: Frame, line: Line, colour: string): void {
  const { context, colours } = frame
  context.lineJoin = 'round'
  for (const [own, width] of [
    [colours.card, 6],
    [colour, 3],
  ] as const) {
    context.strokeStyle = own
    context.lineWidth = width
    context.beginPath()
    trace(frame, line)
    context.stroke()
  }
}

function drawBrushing(frame: Frame, count: number, { from, to }: Box): void {
  const start = placeAt(from.x, from.y, count, frame)
  const end = placeAt(from.x, to.y, count, frame)
  const x = xOf(start.axis, count, frame)
  const [low, high] = [Math.min(start.place, end.place), Math.max(start.place, end.place)]
  if (low < 0) drawMissingBrush(frame, x)
  if (high >= 0) drawBrush(frame, x, Math.max(0, low), high)
}
