import type { StudySpec, TrialRow } from '@parzen/core'
import { useCallback, useState } from 'react'
import { formatValue } from '../controls/format.js'
import type { Frame } from './frame.js'
import type { FoundFront } from './front-chart.js'
import { FrontTip, frontText } from './front-tip.js'
import { drawMarks, drawRing, type Mark } from './marks.js'
import { Plot } from './plot.js'
import { type Scale, scale } from './scale.js'
import { tamed } from './tamed.js'
import { dragged, type Place, type Seen, type Stand, turned } from './turned.js'

const HEIGHT = 460
const PAD = 34
/** An edge seen end-on has no room for its labels; CSS pixels. */
const SHORT = 45
/** Corners of each edge of a cube: those that differ in one place. */
const EDGES: readonly (readonly [Place, Place])[] = [0, 1, 2].flatMap((axis) =>
  [0, 1, 2, 3].map((i): readonly [Place, Place] => {
    const corner = (end: number): Place => {
      const others = [i & 1, i >> 1]
      return [0, 1, 2].map((k) => (k === axis ? end : others.shift())) as unknown as Place
    }
    return [corner(0), corner(1)]
  }),
)

interface Point extends Mark, Seen {
  /** Below it, on the ground of the cube. */
  readonly foot: Seen
}

/** Three objectives as a cube that is turned by dragging: the front over what it dominates, with a line from each of it to the ground. */
export function FrontCube({
  rows,
  spec,
  front,
  isLog,
  stand,
  onStand,
}: {
  rows: readonly TrialRow[]
  spec: StudySpec
  front: FoundFront
  isLog: boolean
  stand: Stand
  /** It has been turned. */
  onStand: (stand: Stand) => void
}) {
  const [turning, setTurning] = useState<Stand>()
  const now = turning ?? stand
  const picture = useCallback(
    ({ width }: { readonly width: number }) => {
      const scales = spec.objectives.map(({ direction }, k) =>
        scale(
          tamed(
            rows.map(({ values }) => values?.[k] as number),
            direction,
            isLog,
          ),
          [0, 1],
          { isLog },
        ),
      )
      const see = turned(now, { width, height: HEIGHT, pad: PAD })
      const points = rows.map((row): Point => {
        const place = scales.map((along, k) => along.at(row.values?.[k] as number)) as unknown as Place
        return { row, ...see(place), foot: see([place[0], place[1], 0]) }
      })
      points.sort((a, b) => b.depth - a.depth)
      return {
        marks: points,
        paint: (frame: Frame) => {
          drawCube(frame, { see, spec, scales })
          drawPoints(frame, points, front)
        },
      }
    },
    [rows, spec, front, isLog, now],
  )
  const names = spec.objectives.map(({ metric }) => metric).join(', ')
  return (
    <Plot
      label={`${names} as a cube: ${frontText(front, rows.length)}`}
      height={HEIGHT}
      picture={picture}
      tip={(row) => <FrontTip row={row} spec={spec} front={front} />}
      onDrag={(by, isOver) => {
        const next = dragged(stand, by)
        setTurning(isOver ? undefined : next)
        if (isOver) onStand(next)
      }}
    />
  )
}

function drawPoints(frame: Frame, points: readonly Point[], front: FoundFront): void {
  const { context, colours } = frame
  const best = points.filter(({ row }) => front.numbers.has(row.number))
  drawMarks(
    frame,
    points.filter(({ row }) => !front.numbers.has(row.number)),
    { colour: () => colours.dim, alpha: 0.35, radius: 2.8 },
  )
  context.strokeStyle = colours.accent
  context.globalAlpha = 0.35
  context.lineWidth = 1
  context.beginPath()
  for (const { x, y, foot } of best) {
    context.moveTo(x, y)
    context.lineTo(foot.x, foot.y)
  }
  context.stroke()
  drawMarks(frame, best, { colour: () => colours.accent, alpha: 0.95, radius: 4.2 })
  const knee = best.find(({ row }) => row.number === front.knee)
  if (knee) drawRing(frame, knee, colours.good, 8)
}

function drawCube(
  { context, colours, width }: Frame,
  { see, spec, scales }: { see: (place: Place) => Seen; spec: StudySpec; scales: readonly Scale[] },
): void {
  context.strokeStyle = colours.line
  context.lineWidth = 1
  context.globalAlpha = 1
  context.beginPath()
  for (const [from, to] of EDGES) {
    const [a, b] = [see(from), see(to)]
    context.moveTo(a.x, a.y)
    context.lineTo(b.x, b.y)
  }
  context.stroke()
  context.textBaseline = 'middle'
  const middle = see([0.5, 0.5, 0.5])
  for (const [k, along] of scales.entries()) {
    const [a, b] = outerEdge(k, see).map(see) as [Seen, Seen]
    const text = (at: Pick<Seen, 'x' | 'y'>, what: string, colour: string) => {
      const isRight = at.x >= middle.x
      context.textAlign = isRight ? 'left' : 'right'
      context.fillStyle = colour
      // a long name must not run out of the picture
      const room = isRight ? width - at.x - 8 : at.x - 8
      context.fillText(what, at.x + (isRight ? 6 : -6), at.y, Math.max(24, room))
    }
    // not at the corners, where edges meet
    const on = (share: number) => ({ x: a.x + share * (b.x - a.x), y: a.y + share * (b.y - a.y) })
    if (Math.hypot(b.x - a.x, b.y - a.y) < SHORT) continue
    text(on(0.14), formatValue(Number(along.low.toPrecision(3))), colours.dim)
    text(on(0.86), formatValue(Number(along.high.toPrecision(3))), colours.dim)
    text(on(0.5), spec.objectives[k]?.metric ?? '', colours.text)
  }
}

/** The edge along an axis to write beside: of the two on the ground the nearer; of the upright ones the outermost to the left. */
function outerEdge(axis: number, see: (place: Place) => Seen): readonly [Place, Place] {
  const along = EDGES.slice(4 * axis, 4 * axis + 4)
  const centre = ([[a, b, c], [d, e, f]]: readonly [Place, Place]): Seen => see([(a + d) / 2, (b + e) / 2, (c + f) / 2])
  const score = (edge: readonly [Place, Place]) =>
    axis === 2 ? centre(edge).x : centre(edge).depth + (edge[0][2] === 0 ? 0 : 10)
  return along.toSorted((a, b) => score(a) - score(b))[0] as readonly [Place, Place]
}
