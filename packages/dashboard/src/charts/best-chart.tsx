import { useCallback, useRef, useState } from 'react'
import { formatValue } from '../controls/format.js'
import { type BestCurve, valueThere } from '../state/best-curve.js'
import { drawAxes, plotArea } from './axes.js'
import { Canvas, type Frame } from './canvas.js'
import { type Scale, scale } from './scale.js'
import { categoryColour } from './shading.js'
import { formatSeconds } from './time-scale.js'
import { Tip } from './tip.js'

const HEIGHT = 380

/** Best so far of several studies over each other, by trials or by time. The note at the pointer has all their values there. */
export function BestChart({
  curves,
  metric,
  isByTime,
  isLog,
}: {
  curves: readonly BestCurve[]
  metric: string
  isByTime: boolean
  isLog: boolean
}) {
  const placed = useRef<{ x: Scale; width: number } | undefined>(undefined)
  const [pointer, setPointer] = useState<{ readonly x: number; readonly y: number }>()
  const draw = useCallback(
    (frame: Frame) => {
      const area = plotArea(frame)
      const places = curves.flatMap((curve) => across(curve, isByTime))
      const values = curves.flatMap((curve) => curve.values)
      const x = scale([isByTime ? 0 : 1, Math.max(...places, 2)], area.x, { spacing: 90 })
      const y = scale([Math.min(...values), Math.max(...values)], area.y, { isLog, spacing: 45 })
      placed.current = { x, width: frame.width }
      drawAxes(frame, isByTime ? { x, y, formatX: formatSeconds } : { x, y })
      for (const [i, curve] of curves.entries()) drawStairs(frame, curve, { x, y, i, isByTime })
    },
    [curves, isByTime, isLog],
  )
  const over = useCallback(
    ({ context, colours, height }: Frame) => {
      if (!pointer) return
      context.strokeStyle = colours.dim
      context.beginPath()
      context.moveTo(pointer.x, 0)
      context.lineTo(pointer.x, height)
      context.stroke()
    },
    [pointer],
  )
  const there = pointer && placed.current?.x.valueAt(pointer.x)
  return (
    <div className="plot">
      <Canvas
        label={`best ${metric} so far of ${curves.map((curve) => `${curve.study}: ${formatValue(curve.values.at(-1))}`).join(', ')}`}
        height={HEIGHT}
        draw={draw}
        over={over}
        onPoint={(x, y) => setPointer(x < 0 ? undefined : { x, y })}
      />
      {pointer && there !== undefined && (
        <Tip at={pointer} width={placed.current?.width ?? 0} height={HEIGHT}>
          <p>{isByTime ? `after ${formatSeconds(there)}` : `after ${Math.floor(there)} trials`}</p>
          <table>
            <tbody>
              {curves.map((curve) => (
                <tr key={curve.study}>
                  <th scope="row">{curve.study}</th>
                  <td>{formatValue(valueThere(across(curve, isByTime), curve.values, there)) || '–'}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Tip>
      )}
    </div>
  )
}

function across({ trials, seconds }: BestCurve, isByTime: boolean): readonly number[] {
  return isByTime ? seconds : trials
}

function drawStairs(
  { context, isDark }: Frame,
  curve: BestCurve,
  { x, y, i, isByTime }: { x: Scale; y: Scale; i: number; isByTime: boolean },
): void {
  const places = across(curve, isByTime)
  context.strokeStyle = categoryColour(i, isDark)
  context.lineWidth = 2
  context.beginPath()
  for (const [k, value] of curve.values.entries()) {
    const at = x.at(places[k] as number)
    if (k > 0) context.lineTo(at, y.at(curve.values[k - 1] as number))
    context.lineTo(at, y.at(value))
  }
  context.stroke()
}
