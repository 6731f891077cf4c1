import type { TrialRow } from '@parzen/core'
import { cell as valueIn } from '../state/filter.js'
import type { Axis } from './axis.js'
import type { Box, Frame } from './frame.js'
import type { Mark } from './marks.js'

/** A plot of two axes somewhere in a picture; sides in CSS pixels. */
export interface Cell {
  readonly x: Axis
  readonly y: Axis
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
}

/** Kept free at the low end of an axis for trials that have no value there. */
const UNSET = 14

function xAt({ left, right }: Cell, place: number | undefined): number {
  return place === undefined ? left + UNSET / 2 : left + UNSET + place * (right - left - UNSET)
}

function yAt({ top, bottom }: Cell, place: number | undefined): number {
  return place === undefined ? bottom - UNSET / 2 : bottom - UNSET - place * (bottom - UNSET - top)
}

export function placeX(cell: Cell, place: number): number {
  return xAt(cell, place)
}

export function placeY(cell: Cell, place: number): number {
  return yAt(cell, place)
}

/** Trials of one category lie beside each other, at the same place each time. */
function spread(axis: Axis, number: number): number {
  if (!axis.isListed) return 0
  const golden = (number * 0.618033988749895) % 1
  return ((golden - 0.5) * 0.6) / Math.max(1, axis.labels.length)
}

export function marksIn(cell: Cell, rows: readonly TrialRow[]): Mark[] {
  const place = (axis: Axis, row: TrialRow) => {
    const value = valueIn(row, axis.name)
    return value === undefined ? undefined : axis.place(value) + spread(axis, row.number)
  }
  return rows.map((row) => ({ row, x: xAt(cell, place(cell.x, row)), y: yAt(cell, place(cell.y, row)) }))
}

export function isInside(
  { left, right, top, bottom }: Cell,
  { x, y }: { readonly x: number; readonly y: number },
): boolean {
  return x >= left && x <= right && y >= top && y <= bottom
}

const WHOLE = 0.97

/** What a rectangle says of the two axes; nothing of one that it covers from end to end. */
export function boxOn(cell: Cell, { from, to }: Box): readonly { readonly name: string; readonly condition: string }[] {
  const share = (value: number, low: number, high: number) => Math.min(1, Math.max(0, (value - low) / (high - low)))
  const along = (a: number, b: number, low: number, high: number) => {
    const ends = [share(a, low, high), share(b, low, high)].sort((p, q) => p - q)
    return ends as [number, number]
  }
  const found: { name: string; condition: string }[] = []
  const say = (axis: Axis, [low, high]: readonly [number, number]) => {
    if (high - low < WHOLE) found.push({ name: axis.name, condition: axis.condition(low, high) })
  }
  say(cell.x, along(from.x, to.x, cell.left + UNSET, cell.right))
  say(cell.y, along(from.y, to.y, cell.bottom - UNSET, cell.top))
  return found
}

export function drawCell(
  frame: Frame,
  cell: Cell,
  { hasLabelsX, hasLabelsY }: { readonly hasLabelsX: boolean; readonly hasLabelsY: boolean },
): void {
  const { context, colours } = frame
  const { left, right, top, bottom, x, y } = cell
  context.strokeStyle = colours.line
  context.lineWidth = 1
  context.strokeRect(left + 0.5, top + 0.5, right - left - 1, bottom - top - 1)
  context.fillStyle = colours.dim
  context.textBaseline = 'middle'
  context.textAlign = 'right'
  if (hasLabelsY)
    for (const { at, text } of apart(y, bottom - top, 16)) context.fillText(short(text, 8), left - 6, yAt(cell, at))
  if (!hasLabelsX) return
  context.textBaseline = 'top'
  for (const { at, text } of apart(x, right - left, 52)) {
    const place = xAt(cell, at)
    context.textAlign = place > right - 20 ? 'right' : 'center'
    context.fillText(short(text, 9), Math.min(place, right), bottom + 6)
  }
}

/** As many labels as have room. */
function apart({ labels }: Axis, pixels: number, room: number): Axis['labels'] {
  const every = Math.max(1, Math.ceil((labels.length * room) / pixels))
  return labels.filter((_, i) => i % every === 0)
}

function short(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text
}
