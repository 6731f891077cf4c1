import type { Direction, TrialRow } from '@parzen/core'
import { useCallback, useMemo, useState } from 'react'
import { formatValue } from '../controls/format.js'
import { change } from '../state/address.js'
import { Canvas, type Frame } from './canvas.js'
import { ticks } from './ticks.js'

interface Point {
  readonly row: TrialRow
  readonly index: number
  readonly value: number
}

const PAD = { left: 56, right: 12, top: 10, bottom: 26 }

/** Every complete trial in the order it finished, and the best so far. Values far off sit at the edge, so that they hide nothing. */
export function HistoryChart({
  rows,
  metric,
  direction,
}: {
  rows: readonly TrialRow[]
  metric: string
  direction: Direction
}) {
  const points = useMemo(
    () => rows.flatMap((row, index): Point[] => (row.values ? [{ row, index, value: row.values[0] as number }] : [])),
    [rows],
  )
  const [low, high] = useMemo(
    () =>
      tamed(
        points.map(({ value }) => value),
        direction,
      ),
    [points, direction],
  )
  const [near, setNear] = useState<Point>()
  const scale = useCallback(
    (width: number, height: number) => {
      const last = Math.max(1, rows.length - 1)
      return {
        x: (index: number) => PAD.left + (index / last) * (width - PAD.left - PAD.right),
        y: (value: number) =>
          PAD.top +
          (1 - (Math.min(high, Math.max(low, value)) - low) / (high - low || 1)) * (height - PAD.top - PAD.bottom),
      }
    },
    [rows.length, low, high],
  )
  const [size, setSize] = useState({ width: 1, height: 280 })
  const draw = useCallback(
    (frame: Frame) => {
      const { width, height } = frame
      setSize((old) => (old.width === width ? old : { width, height }))
      const { x, y } = scale(width, height)
      drawAxes(frame, { low, high, y, count: rows.length, x })
      drawPoints(frame, points, { x, y, near })
      drawBest(frame, points, { x, y, direction })
    },
    [points, scale, low, high, near, rows.length, direction],
  )
  const nearest = (px: number, py: number) => {
    const { x, y } = scale(size.width, size.height)
    let found: Point | undefined
    let least = 400
    for (const point of points) {
      const d = (x(point.index) - px) ** 2 + (y(point.value) - py) ** 2
      if (d < least) [least, found] = [d, point]
    }
    return found
  }
  const best = points.reduce<Point | undefined>(
    (a, b) => (!a || (direction === 'maximize' ? b.value > a.value : b.value < a.value) ? b : a),
    undefined,
  )
  return (
    <div className="chart">
      <Canvas
        label={`${metric} of ${points.length} complete trials${best ? `, best ${formatValue(best.value)} by trial ${best.row.number}` : ''}`}
        height={280}
        draw={draw}
        onPoint={(px, py) => setNear(px < 0 ? undefined : nearest(px, py))}
        onPress={(px, py, kind) => {
          const point = kind === 'up' ? nearest(px, py) : undefined
          if (point) change({ page: 'trial', trial: String(point.row.number) })
        }}
      />
      <p className="reading" aria-live="off">
        {near ? `trial ${near.row.number}: ${metric} ${formatValue(near.value)}` : ' '}
      </p>
    </div>
  )
}

/** From the best to a little beyond the worse quartile: a diverged run must not flatten the rest. */
function tamed(values: readonly number[], direction: Direction): readonly [number, number] {
  if (values.length === 0) return [0, 1]
  const sorted = [...values].sort((a, b) => a - b)
  const at = (p: number) => sorted[Math.round(p * (sorted.length - 1))] as number
  const [q1, median, q3] = [at(0.25), at(0.5), at(0.75)]
  const low = direction === 'minimize' ? at(0) : Math.max(at(0), median - 4 * Math.max(median - q1, 1e-12))
  const high = direction === 'maximize' ? at(1) : Math.min(at(1), median + 4 * Math.max(q3 - median, 1e-12))
  const room = 0.04 * (high - low || Math.abs(high) || 1)
  return [low - room, high + room]
}

interface Scale {
  readonly x: (index: number) => number
  readonly y: (value: number) => number
}

function drawAxes(
  { context, width, height, colours }: Frame,
  { low, high, count, x, y }: Scale & { low: number; high: number; count: number },
) {
  context.strokeStyle = colours.line
  context.fillStyle = colours.dim
  context.lineWidth = 1
  context.textAlign = 'right'
  context.textBaseline = 'middle'
  for (const tick of ticks(low, high, 5)) {
    context.beginPath()
    context.moveTo(PAD.left, y(tick))
    context.lineTo(width - PAD.right, y(tick))
    context.stroke()
    context.fillText(formatValue(tick), PAD.left - 8, y(tick))
  }
  context.textAlign = 'center'
  context.textBaseline = 'top'
  for (const tick of ticks(0, Math.max(1, count - 1), Math.max(2, Math.min(8, Math.floor(width / 90)))))
    if (Number.isInteger(tick)) context.fillText(String(tick), x(tick), height - PAD.bottom + 8)
}

function drawPoints(
  { context, colours }: Frame,
  points: readonly Point[],
  { x, y, near }: Scale & { near: Point | undefined },
) {
  context.fillStyle = colours.accent
  context.globalAlpha = points.length > 2000 ? 0.25 : 0.55
  for (const { index, value } of points) {
    context.beginPath()
    context.arc(x(index), y(value), points.length > 2000 ? 2 : 3.2, 0, 7)
    context.fill()
  }
  context.globalAlpha = 1
  if (!near) return
  context.strokeStyle = colours.text
  context.lineWidth = 2
  context.beginPath()
  context.arc(x(near.index), y(near.value), 6, 0, 7)
  context.stroke()
}

function drawBest(
  { context, width, colours }: Frame,
  points: readonly Point[],
  { x, y, direction }: Scale & { direction: Direction },
) {
  context.strokeStyle = colours.good
  context.lineWidth = 2
  context.beginPath()
  let best: number | undefined
  for (const { index, value } of points) {
    if (best !== undefined && (direction === 'maximize' ? value <= best : value >= best)) continue
    if (best === undefined) context.moveTo(x(index), y(value))
    else context.lineTo(x(index), y(best))
    context.lineTo(x(index), y(value))
    best = value
  }
  if (best !== undefined) context.lineTo(width - PAD.right, y(best))
  context.stroke()
}
