import type { TrialRow } from '@parzen/core'
import { useCallback, useRef, useState } from 'react'
import { Scroll } from '../controls/parts.js'
import { cell } from '../state/filter.js'
import type { Axis } from './axis.js'
import { Canvas, type Frame } from './canvas.js'

const TOP = 46
const BOTTOM = 44
const SIDE = 60
/** Where a parameter is not set: a place of its own below the axis, so that no trial of a conditional space is lost. */
const MISSING = 22
const LEAST_BRUSH = 0.03

/**
 * A line a trial through all its values, coloured by the objective; those outside the filter are faint. Dragging along an axis
 * narrows the filter to that stretch.
 */
export function ParallelCoordinates({
  rows,
  shown,
  axes,
  shade,
  onBrush,
}: {
  rows: readonly TrialRow[]
  shown: ReadonlySet<number>
  axes: readonly Axis[]
  /** 0, the best, to 1, the worst; undefined without a value. */
  shade: (row: TrialRow) => number | undefined
  onBrush: (name: string, condition: string) => void
}) {
  const size = useRef({ width: 1, height: 1 })
  const start = useRef<{ axis: number; at: number } | undefined>(undefined)
  const [brush, setBrush] = useState<{ axis: number; from: number; to: number }>()
  const height = 460
  const draw = useCallback(
    (frame: Frame) => {
      size.current = { width: frame.width, height: frame.height }
      drawLines(frame, { rows, shown, axes, shade })
      drawAxes(frame, axes)
      if (brush) drawBrush(frame, axes.length, brush)
    },
    [rows, shown, axes, shade, brush],
  )
  const find = (px: number, py: number) => {
    const { width } = size.current
    const axis = Math.round(((px - SIDE) / Math.max(1, width - 2 * SIDE)) * (axes.length - 1))
    return { axis, at: Math.min(1, Math.max(0, 1 - (py - TOP) / (height - TOP - BOTTOM))) }
  }
  return (
    <Scroll label="parallel coordinates">
      <div className="parallel" style={{ minWidth: axes.length * 96 }}>
        <Canvas
          label={`parallel coordinates of ${shown.size} trials over ${axes.map(({ name }) => name).join(', ')}`}
          height={height}
          draw={draw}
          onPoint={(px, py) => {
            if (start.current && px >= 0)
              setBrush({ axis: start.current.axis, from: start.current.at, to: find(px, py).at })
          }}
          onPress={(px, py, kind) => {
            if (kind === 'down') {
              start.current = find(px, py)
              return
            }
            const from = start.current
            start.current = undefined
            setBrush(undefined)
            if (!from) return
            const [low, high] = [from.at, find(px, py).at].sort((a, b) => a - b) as [number, number]
            const axis = axes[from.axis]
            if (axis && high - low >= LEAST_BRUSH) onBrush(axis.name, axis.condition(low, high))
          }}
        />
      </div>
    </Scroll>
  )
}

function xOf(axis: number, { width }: { width: number }, count: number): number {
  return count === 1 ? width / 2 : SIDE + (axis / (count - 1)) * (width - 2 * SIDE)
}

function yOf(place: number, { height }: { height: number }): number {
  return TOP + (1 - place) * (height - TOP - BOTTOM)
}

interface Lines {
  readonly rows: readonly TrialRow[]
  readonly shown: ReadonlySet<number>
  readonly axes: readonly Axis[]
  readonly shade: (row: TrialRow) => number | undefined
}

function drawLines(frame: Frame, { rows, shown, axes, shade }: Lines): void {
  const { context, colours, height } = frame
  context.lineWidth = 1.2
  const ranked = rows
    .map((row) => ({ row, shade: shade(row), isShown: shown.has(row.number) }))
    .sort((a, b) => Number(a.isShown) - Number(b.isShown) || (b.shade ?? 2) - (a.shade ?? 2))
  for (const { row, shade: how, isShown } of ranked) {
    context.globalAlpha = isShown ? (ranked.length > 1000 ? 0.35 : 0.75) : 0.07
    context.strokeStyle =
      isShown && how !== undefined ? `hsl(${40 + 180 * (1 - how)} 75% ${42 + 12 * how}%)` : colours.dim
    context.beginPath()
    axes.forEach((axis, i) => {
      const value = cell(row, axis.name)
      const y = value === undefined || value === null ? height - MISSING : yOf(axis.place(value), frame)
      if (i === 0) context.moveTo(xOf(i, frame, axes.length), y)
      else context.lineTo(xOf(i, frame, axes.length), y)
    })
    context.stroke()
  }
  context.globalAlpha = 1
}

function drawAxes(frame: Frame, axes: readonly Axis[]): void {
  const { context, colours, height } = frame
  axes.forEach((axis, i) => {
    const x = xOf(i, frame, axes.length)
    context.strokeStyle = colours.dim
    context.lineWidth = 1.5
    context.beginPath()
    context.moveTo(x, TOP)
    context.lineTo(x, height - BOTTOM)
    context.stroke()
    context.fillStyle = colours.text
    context.textAlign = 'center'
    context.textBaseline = 'bottom'
    // neighbours at different heights: long names do not run into each other
    context.fillText(
      axis.name.length > 22 ? `…${axis.name.slice(-21)}` : axis.name,
      x,
      i % 2 === 0 ? TOP - 10 : TOP - 26,
    )
    context.textAlign = 'left'
    context.textBaseline = 'middle'
    context.fillStyle = colours.dim
    context.strokeStyle = colours.card
    context.lineWidth = 3
    for (const { at, text } of axis.labels.slice(0, 12)) {
      // an edge of the background's colour: lines run beneath
      context.strokeText(text.slice(0, 12), x + 5, yOf(at, frame))
      context.fillText(text.slice(0, 12), x + 5, yOf(at, frame))
    }
    context.textAlign = 'center'
    if (i === 0) context.fillText('not set', x, height - 8)
  })
}

function drawBrush(frame: Frame, count: number, { axis, from, to }: { axis: number; from: number; to: number }): void {
  const { context, colours } = frame
  const [a, b] = [yOf(from, frame), yOf(to, frame)]
  context.globalAlpha = 0.25
  context.fillStyle = colours.accent
  context.fillRect(xOf(axis, frame, count) - 12, Math.min(a, b), 24, Math.abs(b - a))
  context.globalAlpha = 1
}
