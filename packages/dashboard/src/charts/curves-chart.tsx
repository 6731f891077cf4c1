import { useCallback, useMemo, useRef, useState } from 'react'
import { formatValue } from '../controls/format.js'
import { change } from '../state/address.js'
import { Canvas, type Frame } from './canvas.js'
import { ticks } from './ticks.js'

interface Curve {
  readonly trial: number
  readonly steps: readonly number[]
  readonly values: readonly number[]
}

const PAD = { left: 62, right: 14, top: 10, bottom: 28 }
const HEIGHT = 440

/** A line a trial; the one under the pointer stands out, a click opens it. Colours by the last value: blue the best. */
export function CurvesChart({
  curves,
  metric,
  isLog,
  smoothing,
  isGreaterBetter,
}: {
  curves: readonly Curve[]
  metric: string
  isLog: boolean
  /** Weight of the mean so far, 0 to 1. */
  smoothing: number
  isGreaterBetter: boolean
}) {
  const drawn = useMemo(
    () => curves.map((curve) => ({ ...curve, values: smoothed(curve.values, smoothing) })),
    [curves, smoothing],
  )
  const axes = useMemo(() => rangeOf(drawn, isLog, isGreaterBetter), [drawn, isLog, isGreaterBetter])
  const shades = useMemo(() => ranks(drawn, isGreaterBetter), [drawn, isGreaterBetter])
  const size = useRef({ width: 1, height: HEIGHT })
  const [near, setNear] = useState<{ readonly curve: Curve; readonly at: number }>()
  const draw = useCallback(
    (frame: Frame) => {
      size.current = { width: frame.width, height: frame.height }
      drawAxes(frame, axes)
      for (const curve of drawn)
        drawCurve(frame, axes, curve, { shade: shades.get(curve.trial) ?? 1, isNear: false, count: drawn.length })
      if (near) drawCurve(frame, axes, near.curve, { shade: 0, isNear: true, count: drawn.length })
    },
    [drawn, axes, shades, near],
  )
  const nearest = (px: number, py: number) => {
    let found: { curve: Curve; at: number } | undefined
    let least = 900
    for (const curve of drawn) {
      for (let i = 0; i < curve.steps.length; i++) {
        const d =
          (xOf(size.current, axes, curve.steps[i] as number) - px) ** 2 +
          (yOf(size.current, axes, curve.values[i] as number) - py) ** 2
        if (d < least) [least, found] = [d, { curve, at: i }]
      }
    }
    return found
  }
  return (
    <div className="chart">
      <Canvas
        label={`${metric} by step of ${curves.length} trials`}
        height={HEIGHT}
        draw={draw}
        onPoint={(px, py) => setNear(px < 0 ? undefined : nearest(px, py))}
        onPress={(px, py, kind) => {
          const found = kind === 'up' ? nearest(px, py) : undefined
          if (found) change({ page: 'trial', trial: String(found.curve.trial) })
        }}
      />
      <p className="reading">
        {near
          ? `trial ${near.curve.trial}, step ${near.curve.steps[near.at]}: ${metric} ${formatValue(near.curve.values[near.at])}`
          : `${curves.length} trials`}
      </p>
    </div>
  )
}

/** An exponential mean that begins without bias: divided by the weights so far. */
function smoothed(values: readonly number[], weight: number): readonly number[] {
  if (weight === 0) return values
  let sum = 0
  let mass = 0
  return values.map((value) => {
    sum = weight * sum + (1 - weight) * value
    mass = weight * mass + (1 - weight)
    return sum / mass
  })
}

interface Axes {
  readonly steps: readonly [number, number]
  readonly values: readonly [number, number]
  readonly isLog: boolean
}

/** The worst 1.5 % of values are held at the edge: one diverged run must not flatten all others. */
function rangeOf(curves: readonly Curve[], wantsLog: boolean, isGreaterBetter: boolean): Axes {
  let [first, last] = [Infinity, -Infinity]
  const all: number[] = []
  for (const { steps, values } of curves) {
    first = Math.min(first, steps[0] as number)
    last = Math.max(last, steps.at(-1) as number)
    for (const value of values) all.push(value)
  }
  all.sort((a, b) => a - b)
  const at = (share: number) => all[Math.round(share * (all.length - 1))] as number
  const isLog = wantsLog && at(0) > 0
  const worst = all.length > 200 ? 0.015 : 0
  const [low, high] = isGreaterBetter ? [at(worst), at(1)] : [at(0), at(1 - worst)]
  const room = isLog ? 0 : 0.03 * (high - low || Math.abs(high) || 1)
  return { steps: [first, Math.max(last, first + 1)], values: [low - room, high + room || 1], isLog }
}

interface Size {
  readonly width: number
  readonly height: number
}

function xOf({ width }: Size, { steps: [first, last] }: Axes, step: number): number {
  return PAD.left + ((step - first) / (last - first)) * (width - PAD.left - PAD.right)
}

function yOf({ height }: Size, { values: [low, high], isLog }: Axes, value: number): number {
  const held = Math.min(high, Math.max(low, value))
  const share = isLog ? Math.log(held / low) / Math.log(high / low || 2) : (held - low) / (high - low || 1)
  return PAD.top + (1 - share) * (height - PAD.top - PAD.bottom)
}

function ranks(curves: readonly Curve[], isGreaterBetter: boolean): ReadonlyMap<number, number> {
  const sorted = curves.toSorted(
    (a, b) => (isGreaterBetter ? -1 : 1) * ((a.values.at(-1) ?? 0) - (b.values.at(-1) ?? 0)),
  )
  return new Map(sorted.map(({ trial }, i) => [trial, i / Math.max(1, sorted.length - 1)]))
}

function drawAxes(frame: Frame, axes: Axes): void {
  const { context, colours, width, height } = frame
  const [low, high] = axes.values
  const marks = axes.isLog ? [0, 0.25, 0.5, 0.75, 1].map((share) => low * (high / low) ** share) : ticks(low, high, 6)
  context.strokeStyle = colours.line
  context.fillStyle = colours.dim
  context.lineWidth = 1
  context.textAlign = 'right'
  context.textBaseline = 'middle'
  for (const mark of marks) {
    const y = yOf(frame, axes, mark)
    context.beginPath()
    context.moveTo(PAD.left, y)
    context.lineTo(width - PAD.right, y)
    context.stroke()
    context.fillText(formatValue(Number(mark.toPrecision(3))), PAD.left - 8, y)
  }
  context.textAlign = 'center'
  context.textBaseline = 'top'
  for (const mark of ticks(...axes.steps, Math.max(2, Math.floor(width / 100)))) {
    context.fillText(formatValue(mark), xOf(frame, axes, mark), height - PAD.bottom + 9)
  }
}

function drawCurve(
  frame: Frame,
  axes: Axes,
  { steps, values }: Curve,
  { shade, isNear, count }: { shade: number; isNear: boolean; count: number },
): void {
  const { context, colours } = frame
  context.globalAlpha = isNear ? 1 : count > 60 ? 0.4 : 0.75
  context.lineWidth = isNear ? 2.5 : 1.3
  context.strokeStyle = isNear ? colours.text : `hsl(${40 + 180 * (1 - shade)} 75% ${42 + 12 * shade}%)`
  context.beginPath()
  steps.forEach((step, i) => {
    const [x, y] = [xOf(frame, axes, step), yOf(frame, axes, values[i] as number)]
    if (i === 0) context.moveTo(x, y)
    else context.lineTo(x, y)
  })
  if (steps.length === 1)
    context.arc(xOf(frame, axes, steps[0] as number), yOf(frame, axes, values[0] as number), 2.5, 0, 7)
  context.stroke()
  context.globalAlpha = 1
}
