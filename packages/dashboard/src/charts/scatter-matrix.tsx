import type { StudySpec, TrialRow } from '@parzen/core'
import { useCallback, useMemo } from 'react'
import { cell as valueIn } from '../state/filter.js'
import type { Axis } from './axis.js'
import type { Box, Frame } from './frame.js'
import { drawMarks, nearest } from './marks.js'
import { Plot } from './plot.js'
import { boxOn, type Cell, drawCell, isInside, marksIn } from './scatter-cell.js'
import { colourOf, type Shading } from './shading.js'
import { TrialTip } from './trial-tip.js'

const LEFT = 62
const BOTTOM = 30
const GAP = 8
/** Of trials in each plot: more are one blot, and there are up to 15 plots. */
export const MOST_ROWS = 2000
const BINS = 20

/** Every two of some columns against each other, and how each is spread; a trial that is pointed at stands out in all of them. */
export function ScatterMatrix({
  axes,
  rows,
  shading,
  spec,
  onBox,
}: {
  axes: readonly Axis[]
  rows: readonly TrialRow[]
  shading: Shading
  spec: StudySpec | undefined
  onBox: (conditions: readonly { readonly name: string; readonly condition: string }[]) => void
}) {
  const drawn = useMemo(
    () => (rows.length <= MOST_ROWS ? rows : rows.filter((_, i) => i % Math.ceil(rows.length / MOST_ROWS) === 0)),
    [rows],
  )
  const picture = useCallback(
    ({ width, height }: { readonly width: number; readonly height: number }) => {
      const wide = (width - LEFT - 10) / axes.length
      const high = (height - BOTTOM - 10) / axes.length
      const cellOf = (column: number, line: number): Cell => ({
        x: axes[column] as Axis,
        y: axes[line] as Axis,
        left: LEFT + column * wide,
        right: LEFT + (column + 1) * wide - GAP,
        top: 10 + line * high,
        bottom: 10 + (line + 1) * high - GAP,
      })
      const cells = axes.flatMap((_, line) =>
        Array.from({ length: line }, (_, column) => ({ column, line, ...cellOf(column, line) })),
      )
      const marks = cells.map((cell) => marksIn(cell, drawn))
      return {
        marks: marks.flat(),
        paint: (frame: Frame) => {
          const colour = colourOf(shading, { isDark: frame.isDark, dim: frame.colours.dim })
          for (const [i, cell] of cells.entries()) {
            drawCell(frame, cell, { hasLabelsX: cell.line === axes.length - 1, hasLabelsY: cell.column === 0 })
            drawMarks(frame, marks[i] ?? [], { colour, radius: 2.2, alpha: 0.6 })
          }
          for (const [i, axis] of axes.entries()) drawSpread(frame, cellOf(i, i), axis, rows)
        },
        find: (x: number, y: number) => {
          const at = cells.findIndex((cell) => isInside(cell, { x, y }))
          return nearest(marks[at] ?? [], x, y, 14)
        },
        conditions: (box: Box) => {
          const cell = cells.find((one) => isInside(one, box.from))
          return cell ? boxOn(cell, box) : []
        },
      }
    },
    [axes, drawn, rows, shading],
  )
  return (
    <Plot
      label={`scatter matrix of ${axes.map(({ name }) => name).join(', ')} over ${rows.length} trials`}
      height={Math.max(300, Math.min(860, axes.length * 165))}
      picture={picture}
      tip={(row) => <TrialTip row={row} spec={spec} />}
      onBox={(box, size) => onBox(picture(size).conditions(box))}
    />
  )
}

/** A histogram, with the column's name over it. */
function drawSpread(frame: Frame, { left, right, top, bottom }: Cell, axis: Axis, rows: readonly TrialRow[]): void {
  const { context, colours } = frame
  const bins = axis.isListed ? axis.labels.length : BINS
  const counts = new Float64Array(bins)
  for (const row of rows) {
    const value = valueIn(row, axis.name)
    if (value !== undefined) counts[Math.min(bins - 1, Math.max(0, Math.floor(axis.place(value) * bins)))]! += 1
  }
  const most = counts.reduce((a, b) => Math.max(a, b), 1)
  const wide = (right - left) / bins
  const room = bottom - top - 22
  context.fillStyle = colours.accent
  context.globalAlpha = 0.35
  for (const [i, count] of counts.entries()) {
    const high = (count / most) * room
    context.fillRect(left + i * wide, bottom - high, Math.max(1, wide - 1), high)
  }
  context.globalAlpha = 1
  context.fillStyle = colours.text
  context.textAlign = 'left'
  context.textBaseline = 'top'
  const fitting = Math.floor((right - left) / 6.6)
  context.fillText(axis.name.length > fitting ? `…${axis.name.slice(1 - fitting)}` : axis.name, left + 2, top + 2)
}
