import type { StudySpec, TrialRow } from '@parzen/core'
import { useCallback } from 'react'
import type { Axis } from './axis.js'
import type { Box, Frame } from './frame.js'
import { drawMarks } from './marks.js'
import { Plot } from './plot.js'
import { boxOn, type Cell, drawCell, marksIn } from './scatter-cell.js'
import { colourOf, type Shading } from './shading.js'
import { TrialTip } from './trial-tip.js'

/** Trials by two of their values; what is not set lies in a place of its own. A rectangle that is dragged says what is to pass. */
export function ScatterPlot({
  x,
  y,
  rows,
  shading,
  spec,
  height = 240,
  under,
  isOnColours = false,
  onBox,
}: {
  x: Axis
  y: Axis
  rows: readonly TrialRow[]
  shading: Shading
  spec: StudySpec | undefined
  height?: number
  /** What is painted beneath the trials. */
  under?: ((frame: Frame, cell: Cell) => void) | undefined
  /** What is beneath is full of colours, so that trials need an edge. */
  isOnColours?: boolean
  onBox: (conditions: readonly { readonly name: string; readonly condition: string }[]) => void
}) {
  const picture = useCallback(
    (size: { readonly width: number; readonly height: number }) => {
      const cell: Cell = { x, y, left: 58, right: size.width - 10, top: 10, bottom: size.height - 26 }
      const marks = marksIn(cell, rows)
      return {
        marks,
        paint: (frame: Frame) => {
          under?.(frame, cell)
          drawCell(frame, cell, { hasLabelsX: true, hasLabelsY: true })
          drawMarks(frame, marks, {
            colour: colourOf(shading, { isDark: frame.isDark, dim: frame.colours.dim }),
            radius: isOnColours ? 3.5 : 2.8,
            edge: isOnColours ? frame.colours.card : undefined,
            ...(isOnColours ? { alpha: 1 } : under ? { alpha: 0.5 } : {}),
          })
        },
        conditions: (box: Box) => boxOn(cell, box),
      }
    },
    [x, y, rows, shading, under, isOnColours],
  )
  return (
    <Plot
      label={`${y.name} by ${x.name} of ${rows.length} trials`}
      height={height}
      picture={picture}
      tip={(row) => <TrialTip row={row} spec={spec} />}
      onBox={(box, size) => onBox(picture(size).conditions(box))}
    />
  )
}
