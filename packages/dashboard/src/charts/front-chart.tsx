import { knee, type Observation, paretoFront, type StudySpec, type TrialRow } from '@parzen/core'
import { useCallback } from 'react'
import { drawAxes, PAD, plotArea } from './axes.js'
import type { Box, Frame } from './frame.js'
import { FrontTip, frontText } from './front-tip.js'
import { drawMarks, drawRing, type Mark } from './marks.js'
import { Plot } from './plot.js'
import { type Scale, scale } from './scale.js'
import { tamed } from './tamed.js'

const HEIGHT = 320

/** The trials that no other beats, and the one of them that gives up least, by number. */
export interface FoundFront {
  readonly numbers: ReadonlySet<number>
  readonly knee: number | undefined
}

export function findFront(trials: readonly Observation[]): FoundFront {
  const front = paretoFront(trials)
  return { numbers: new Set(front.map(({ trial }) => trial)), knee: knee(front)?.trial }
}

/**
 * Two objectives against each other: the front over the trials it dominates, its knee ringed. A rectangle that is dragged gives the ends
 * of both objectives.
 */
export function FrontChart({
  rows,
  spec,
  pair: [first, second],
  front,
  isLog,
  onBox,
}: {
  rows: readonly TrialRow[]
  spec: StudySpec
  pair: readonly [number, number]
  front: FoundFront
  isLog: boolean
  onBox: (ends: readonly { readonly metric: string; readonly low: number; readonly high: number }[]) => void
}) {
  const [a, b] = [spec.objectives[first], spec.objectives[second]]
  const picture = useCallback(
    (size: { readonly width: number; readonly height: number }) => {
      const value = (row: TrialRow, k: number) => row.values?.[k] as number
      const area = plotArea(size)
      const ends = (k: number) =>
        tamed(
          rows.map((row) => value(row, k)),
          spec.objectives[k]?.direction,
          isLog,
        )
      const x = scale(ends(first), area.x, { isLog, spacing: 80 })
      const y = scale(ends(second), area.y, { isLog, spacing: 50 })
      const marks = rows.map((row) => ({ row, x: x.at(value(row, first)), y: y.at(value(row, second)) }))
      // the front lies above what it dominates
      const ordered = [
        ...marks.filter(({ row }) => !front.numbers.has(row.number)),
        ...marks.filter(({ row }) => front.numbers.has(row.number)),
      ]
      const isPlain = spec.objectives.length === 2
      return {
        marks: ordered,
        paint: (frame: Frame) =>
          paint(frame, ordered, { x, y, front, isStairs: isPlain, names: [a?.metric ?? '', b?.metric ?? ''] }),
        box: ({ from, to }: Box) => [
          { metric: a?.metric ?? '', ...between(x, from.x, to.x) },
          { metric: b?.metric ?? '', ...between(y, from.y, to.y) },
        ],
      }
    },
    [rows, spec, first, second, front, isLog, a, b],
  )
  const label = `${b?.metric} by ${a?.metric}: ${frontText(front, rows.length)}`
  return (
    <Plot
      label={label}
      height={HEIGHT}
      picture={picture}
      tip={(row) => <FrontTip row={row} spec={spec} front={front} />}
      onBox={(box, size) => onBox(picture(size).box(box))}
    />
  )
}

/** The values between two places of an axis. */
function between(along: Scale, from: number, to: number): { readonly low: number; readonly high: number } {
  const [low, high] = [along.valueAt(from), along.valueAt(to)].sort((p, q) => p - q) as [number, number]
  return { low, high }
}

function paint(
  frame: Frame,
  marks: readonly Mark[],
  {
    x,
    y,
    front,
    isStairs,
    names,
  }: { x: Scale; y: Scale; front: FoundFront; isStairs: boolean; names: readonly [string, string] },
): void {
  const { context, colours, width, height } = frame
  drawAxes(frame, { x, y })
  drawMarks(
    frame,
    marks.filter(({ row }) => !front.numbers.has(row.number)),
    { colour: () => colours.dim, alpha: 0.35, radius: 2.8 },
  )
  const best = marks.filter(({ row }) => front.numbers.has(row.number)).sort((p, q) => p.x - q.x || p.y - q.y)
  if (isStairs) drawStairs(frame, best)
  drawMarks(frame, best, { colour: () => colours.accent, alpha: 0.95, radius: 4 })
  const ringed = marks.find(({ row }) => row.number === front.knee)
  if (ringed) {
    drawRing(frame, ringed, colours.good, 8)
    context.fillStyle = colours.text
    context.textAlign = ringed.x > width / 2 ? 'right' : 'left'
    context.textBaseline = 'middle'
    context.fillText('knee', ringed.x + (ringed.x > width / 2 ? -14 : 14), ringed.y)
  }
  context.fillStyle = colours.text
  context.textBaseline = 'bottom'
  context.textAlign = 'right'
  context.fillText(`${names[0]} →`, width - PAD.right, height - PAD.bottom - 4)
  context.textAlign = 'left'
  context.textBaseline = 'top'
  context.fillText(`↑ ${names[1]}`, PAD.left + 6, PAD.top)
}

function drawStairs({ context, colours }: Frame, front: readonly Mark[]): void {
  context.strokeStyle = colours.accent
  context.globalAlpha = 0.5
  context.lineWidth = 1.5
  context.beginPath()
  for (const [i, { x, y }] of front.entries()) {
    if (i === 0) context.moveTo(x, y)
    else context.lineTo(x, y)
  }
  context.stroke()
  context.globalAlpha = 1
}
