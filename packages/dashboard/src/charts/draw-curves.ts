import { drawAxes, plotArea } from './axes.js'
import { type Band, bandWithin } from './curve-groups.js'
import { type Across, indexFrom, inheritedPart, type Line, type Range, trainedPart, valueAt } from './curves.js'
import type { Frame } from './frame.js'
import { type Scale, scale } from './scale.js'
import { formatSeconds, formatTime, timeScale } from './time-scale.js'

export interface Scales {
  readonly x: Scale
  readonly y: Scale
}

/** What is seen of the curves. */
export interface View {
  readonly span: Range
  readonly range: Range
  readonly across: Across
  readonly isLogAcross: boolean
  readonly isLog: boolean
}

export function scalesOf(size: { readonly width: number; readonly height: number }, view: View): Scales {
  const area = plotArea(size)
  const { span, range, across, isLogAcross, isLog } = view
  return {
    x: across === 'wall' ? timeScale(span, area.x) : scale(span, area.x, { isLog: isLogAcross, spacing: 90 }),
    y: scale(range, area.y, { isLog, spacing: 36 }),
  }
}

export function drawCurveAxes(frame: Frame, scales: Scales, { across, span }: View): void {
  if (across === 'step') drawAxes(frame, scales)
  else drawAxes(frame, { ...scales, formatX: across === 'wall' ? (at) => formatTime(at, span) : formatSeconds })
}

interface Stroke {
  readonly colour: (trial: number) => string
  readonly alpha: number
  readonly width: number
  readonly dash?: readonly number[]
}

/** Lines of one colour are one path: thousands are drawn at once. Later ones lie above. */
export function drawLines(
  frame: Frame,
  lines: readonly Line[],
  scales: Scales,
  { colour, alpha, width, dash = [] }: Stroke,
): void {
  const { context } = frame
  const byColour = new Map<string, Line[]>()
  for (const line of lines) {
    const key = colour(line.trial)
    const same = byColour.get(key)
    if (same) same.push(line)
    else byColour.set(key, [line])
  }
  context.globalAlpha = alpha
  context.lineWidth = width
  context.lineJoin = 'bevel'
  context.setLineDash([...dash])
  for (const [key, same] of byColour) {
    context.strokeStyle = key
    context.beginPath()
    for (const line of same) trace(context, line, scales)
    context.stroke()
  }
  context.setLineDash([])
  context.globalAlpha = 1
}

/** What of a line lies between the ends of x; cut there along the straight line. A single point is a dot. */
function trace(context: CanvasRenderingContext2D, line: Line, { x, y }: Scales): void {
  const cut = valueAt(line, x.low)
  const from = indexFrom(line.x, x.low)
  let count = 0
  const go = (at: number, value: number) => {
    if (count++ === 0) context.moveTo(x.at(at), y.at(value))
    else context.lineTo(x.at(at), y.at(value))
  }
  if (cut !== undefined && line.x[from] !== x.low) go(x.low, cut)
  let i = from
  for (; i < line.x.length && (line.x[i] as number) <= x.high; i++) go(line.x[i] as number, line.y[i] as number)
  const end = i < line.x.length ? valueAt(line, x.high) : undefined
  if (end !== undefined) go(x.high, end)
  if (count !== 1) return
  const [px, py] = [x.at(line.x[from] as number), y.at(line.y[from] as number)]
  context.moveTo(px + 2, py)
  context.arc(px, py, 2, 0, 7)
}

/** How a trial stands at the end of its line: running a disc, pruned a bar across, failed a cross. */
export function drawEnds(
  frame: Frame,
  lines: readonly Line[],
  scales: Scales,
  stateOf: (trial: number) => string,
): void {
  const { context, colours } = frame
  context.lineWidth = 1.6
  for (const { trial, x, y } of lines) {
    const state = stateOf(trial)
    const last = x.at(-1)
    if (last === undefined || state === 'complete' || last < scales.x.low || last > scales.x.high) continue
    const [px, py] = [scales.x.at(last), scales.y.at(y.at(-1) as number)]
    context.strokeStyle = context.fillStyle =
      state === 'failed' ? colours.bad : state === 'running' ? colours.accent : colours.warn
    context.beginPath()
    if (state === 'running') {
      context.arc(px, py, 3, 0, 7)
      context.fill()
    } else if (state === 'failed') {
      context.moveTo(px - 3, py - 3)
      context.lineTo(px + 3, py + 3)
      context.moveTo(px - 3, py + 3)
      context.lineTo(px + 3, py - 3)
    } else {
      context.moveTo(px, py - 4)
      context.lineTo(px, py + 4)
    }
    context.stroke()
  }
}

export function drawBand({ context }: Frame, band: Band, { x, y }: Scales, colour: string): void {
  const places = bandWithin(band, [x.low, x.high])
  if (places.length === 0) return
  context.fillStyle = colour
  context.globalAlpha = 0.18
  context.beginPath()
  for (const i of places) context.lineTo(x.at(band.x[i] as number), y.at(band.high[i] as number))
  for (const i of places.toReversed()) context.lineTo(x.at(band.x[i] as number), y.at(band.low[i] as number))
  context.fill()
  context.globalAlpha = 1
  context.strokeStyle = colour
  context.lineWidth = 2.4
  context.lineJoin = 'round'
  context.beginPath()
  for (const i of places) context.lineTo(x.at(band.x[i] as number), y.at(band.middle[i] as number))
  context.stroke()
}

/** A ring where a trial goes on from another. @param ends indices of the last points inherited */
export function drawForks(
  { context, colours }: Frame,
  { x, y }: Line,
  scales: Scales,
  { ends, colour }: { readonly ends: readonly number[]; readonly colour: string },
): void {
  context.strokeStyle = colour
  context.fillStyle = colours.card
  context.lineWidth = 1.6
  for (const end of ends) {
    const at = x[end - 1] as number
    if (at < scales.x.low || at > scales.x.high) continue
    context.beginPath()
    context.arc(scales.x.at(at), scales.y.at(y[end - 1] as number), 3.5, 0, 7)
    context.fill()
    context.stroke()
  }
}

const DASH = [5, 4]

/** What lines inherited, below all of them: where it is another line's own, that one covers it. */
export function drawInherited(frame: Frame, lines: readonly Line[], scales: Scales, stroke: Stroke): void {
  const parts = lines.filter(({ inherited }) => inherited).map(inheritedPart)
  drawLines(frame, parts, scales, { ...stroke, dash: stroke.width > 1 ? DASH : [] })
}

/** One line above all others, with an edge of the background's colour; dashed what it inherited, with each fork on the way. */
export function drawBold(frame: Frame, line: Line, scales: Scales, colour: string): void {
  drawLines(frame, [line], scales, { colour: () => frame.colours.card, alpha: 1, width: 5 })
  const stroke = { colour: () => colour, alpha: 1, width: 2.6 }
  drawLines(frame, [trainedPart(line)], scales, stroke)
  if (!line.inherited) return
  drawLines(frame, [inheritedPart(line)], scales, { ...stroke, width: 2, dash: DASH })
  drawForks(frame, line, scales, { ends: line.inherited.map(({ end }) => end), colour })
}

export function drawCrosshair({ context, colours, height, width }: Frame, { x }: Scales, at: number): void {
  if (at < x.low || at > x.high) return
  const { y } = plotArea({ width, height })
  context.strokeStyle = colours.dim
  context.lineWidth = 1
  context.setLineDash([3, 3])
  context.beginPath()
  context.moveTo(x.at(at), y[0])
  context.lineTo(x.at(at), y[1])
  context.stroke()
  context.setLineDash([])
}

export function drawDrag({ context, colours, height, width }: Frame, from: number, to: number): void {
  const { y } = plotArea({ width, height })
  context.fillStyle = colours.accent
  context.globalAlpha = 0.15
  context.fillRect(from, y[1], to - from, y[0] - y[1])
  context.globalAlpha = 1
}
