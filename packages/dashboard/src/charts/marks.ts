import type { TrialRow } from '@parzen/core'
import type { Frame } from './frame.js'

/** A trial in a picture, in CSS pixels. */
export interface Mark {
  readonly row: TrialRow
  readonly x: number
  readonly y: number
}

/** From so many on they are small squares, which are drawn several times as fast as discs. */
const MANY = 1500

/** A disc for each trial, in the order given: the later ones lie above. */
export function drawMarks(
  { context }: Frame,
  marks: readonly Mark[],
  {
    colour,
    radius = 3.5,
    alpha,
    edge,
  }: {
    colour: (row: TrialRow) => string
    radius?: number
    alpha?: number
    /** A line around each, on ground of many colours. */
    edge?: string | undefined
  },
): void {
  const isMany = marks.length > MANY
  const size = isMany ? Math.min(radius, 1.6) : radius
  context.globalAlpha = alpha ?? (isMany ? 0.45 : 0.75)
  if (edge) context.strokeStyle = edge
  context.lineWidth = 1.5
  let last = ''
  for (const { row, x, y } of marks) {
    const now = colour(row)
    if (now !== last) {
      context.fillStyle = now
      last = now
    }
    if (isMany) {
      context.fillRect(x - size, y - size, 2 * size, 2 * size)
      continue
    }
    context.beginPath()
    context.arc(x, y, size, 0, 7)
    if (edge) context.stroke()
    context.fill()
  }
  context.globalAlpha = 1
}

export function drawRing({ context }: Frame, { x, y }: Pick<Mark, 'x' | 'y'>, colour: string, radius = 6): void {
  context.strokeStyle = colour
  context.lineWidth = 2
  context.beginPath()
  context.arc(x, y, radius, 0, 7)
  context.stroke()
}

/** The mark closest to a place, if it is close enough; of equal ones the last, which lies above. */
export function nearest<M extends Pick<Mark, 'x' | 'y'>>(
  marks: readonly M[],
  x: number,
  y: number,
  within = 24,
): M | undefined {
  let found: M | undefined
  let least = within ** 2
  for (const mark of marks) {
    const distance = (mark.x - x) ** 2 + (mark.y - y) ** 2
    if (distance > least) continue
    least = distance
    found = mark
  }
  return found
}
