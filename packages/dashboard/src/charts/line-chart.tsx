import { useCallback } from 'react'
import { drawAxes, plotArea } from './axes.js'
import { Canvas, type Frame } from './canvas.js'
import { scale } from './scale.js'

/** One line that goes up or down in steps: a value after each of so many trials. */
export function LineChart({
  values,
  label,
  height = 180,
}: {
  values: readonly number[]
  label: string
  height?: number
}) {
  const draw = useCallback(
    (frame: Frame) => {
      const { context, colours } = frame
      const area = plotArea(frame)
      let [low, high] = [0, 0]
      for (const value of values) [low, high] = [Math.min(low, value), Math.max(high, value)]
      const x = scale([1, Math.max(2, values.length)], area.x, { spacing: 90 })
      const y = scale([low, high], area.y, { spacing: 45 })
      drawAxes(frame, { x, y })
      context.strokeStyle = colours.good
      context.lineWidth = 2
      context.beginPath()
      for (const [i, value] of values.entries()) {
        if (i > 0) context.lineTo(x.at(i + 1), y.at(values[i - 1] as number))
        context.lineTo(x.at(i + 1), y.at(value))
      }
      context.stroke()
    },
    [values],
  )
  return <Canvas label={label} height={height} draw={draw} />
}
