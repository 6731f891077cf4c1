import type { PartialDependence } from '@parzen/core'
import type { Frame } from './frame.js'
import { type Cell, placeX, placeY } from './scatter-cell.js'
import { rampColour } from './shading.js'

/** Between contour lines; few enough to tell the bands apart. */
const LEVELS = 12
const BLOCK = 3

/** The value between the points of a grid; both axes from low to high. */
export interface Surface {
  readonly x: readonly number[]
  readonly y: readonly number[]
  /** By x, then y. */
  readonly values: readonly (readonly number[])[]
  readonly low: number
  readonly high: number
}

/** @param what the model's mean, or its sd */
export function surfaceOf({ axes: [a, b], mean, sd }: PartialDependence, what: 'mean' | 'sd'): Surface | undefined {
  if (!a || !b) return undefined
  const flat = what === 'mean' ? mean : sd
  const order = (positions: readonly number[]) =>
    positions.map((_, i) => i).sort((p, q) => (positions[p] as number) - (positions[q] as number))
  const [first, second] = [order(a.positions), order(b.positions)]
  return {
    x: first.map((i) => a.positions[i] as number),
    y: second.map((j) => b.positions[j] as number),
    values: first.map((i) => second.map((j) => flat[i * b.positions.length + j] as number)),
    low: Math.min(...flat),
    high: Math.max(...flat),
  }
}

/** Linear in both directions between the points of the grid, constant beyond its ends; at the nearest point along a listed axis. */
export function valueOn(
  { x: xs, y: ys, values }: Surface,
  x: number,
  y: number,
  isListed: { readonly x: boolean; readonly y: boolean },
): number {
  const [i, u] = segment(xs, x, isListed.x)
  const [j, v] = segment(ys, y, isListed.y)
  const at = (p: number, q: number) => values[Math.min(p, xs.length - 1)]?.[Math.min(q, ys.length - 1)] as number
  return (1 - u) * ((1 - v) * at(i, j) + v * at(i, j + 1)) + u * ((1 - v) * at(i + 1, j) + v * at(i + 1, j + 1))
}

function segment(points: readonly number[], at: number, isListed: boolean): readonly [number, number] {
  const next = points.findIndex((point) => point > at)
  if (next === 0) return [0, 0]
  if (next === -1) return [points.length - 1, 0]
  const [a, b] = [points[next - 1] as number, points[next] as number]
  const share = (at - a) / (b - a)
  return [next - 1, isListed ? Math.round(share) : share]
}

/** Bands of equal height from the best (blue) to the worst. */
export function drawContour(
  frame: Frame,
  cell: Cell,
  surface: Surface,
  { isGreaterBetter }: { readonly isGreaterBetter: boolean },
): void {
  const { context, isDark } = frame
  const [left, right, top, bottom] = [placeX(cell, 0), placeX(cell, 1), placeY(cell, 1), placeY(cell, 0)]
  const span = surface.high - surface.low || 1
  const isListed = { x: cell.x.isListed, y: cell.y.isListed }
  const colours = Array.from({ length: LEVELS }, (_, k) => rampColour(k / (LEVELS - 1), isDark))
  context.globalAlpha = 0.75
  for (let px = left; px < right; px += BLOCK) {
    const x = (px + BLOCK / 2 - left) / (right - left)
    for (let py = top; py < bottom; py += BLOCK) {
      const value = valueOn(surface, x, 1 - (py + BLOCK / 2 - top) / (bottom - top), isListed)
      const share = (value - surface.low) / span
      const level = Math.min(LEVELS - 1, Math.floor((isGreaterBetter ? 1 - share : share) * LEVELS))
      context.fillStyle = colours[Math.max(0, level)] as string
      context.fillRect(px, py, Math.min(BLOCK, right - px), Math.min(BLOCK, bottom - py))
    }
  }
  context.globalAlpha = 1
}
