import { formatNumber } from './number.js'
import { padStart } from './width.js'

/** A curve with a band around it, by where its points lie in [0, 1]. */
export interface Band {
  readonly positions: readonly number[]
  readonly mean: readonly number[]
  readonly sd: readonly number[]
}

/** The bit of each dot of a braille cell, by row and column. Unicode 17.0, section 21.1. */
const dots = [
  [0x01, 0x08],
  [0x02, 0x10],
  [0x04, 0x20],
  [0x40, 0x80],
] as const

/**
 * The curve in braille, `░` one standard deviation around it, the largest and the smallest value as labels.
 *
 * @param ends what stands below the left and the right end, and between them.
 * @returns `height` + 2 lines of at most `width` columns; none if there is no room or fewer than two points.
 */
export function band(
  { positions, mean, sd }: Band,
  { width, height, ends }: { width: number; height: number; ends: readonly [string, string, string] },
): string[] {
  const low = mean.map((m, i) => m - (sd[i] ?? 0))
  const high = mean.map((m, i) => m + (sd[i] ?? 0))
  const [least, greatest] = [Math.min(...low), Math.max(...high)]
  const labels = [formatNumber(greatest, 4), formatNumber(least, 4)] as const
  const margin = Math.max(labels[0].length, labels[1].length)
  const cells = width - margin - 2
  if (positions.length < 2 || cells < 8 || height < 2) return []
  const bottom = height * 4 - 1
  const rowOf = (y: number) => (greatest > least ? Math.round(((greatest - y) / (greatest - least)) * bottom) : bottom)
  const at = (ys: readonly number[], column: number) => rowOf(interpolate(positions, ys, column / (2 * cells - 1)))
  const grid = Array.from({ length: height }, () => new Uint8Array(cells))
  const isInside = Array.from({ length: height }, () => new Uint8Array(cells))
  let before: number | undefined
  for (let x = 0; x < 2 * cells; x++) {
    const row = at(mean, x)
    for (let r = Math.min(row, before ?? row); r <= Math.max(row, before ?? row); r++) {
      const line = grid[r >> 2] as Uint8Array
      line[x >> 1] = (line[x >> 1] as number) | (dots[r % 4]?.[x % 2] as number)
    }
    for (let r = at(high, x) >> 2; r <= at(low, x) >> 2; r++) (isInside[r] as Uint8Array)[x >> 1] = 1
    before = row
  }
  const lines = grid.map((bits, r) => {
    const text = [...bits].map((b, x) => (b > 0 ? String.fromCodePoint(0x2800 + b) : isInside[r]?.[x] ? '░' : ' '))
    const label = r === 0 ? labels[0] : r === height - 1 && greatest > least ? labels[1] : ''
    return `${padStart(label, margin)} ${label === '' ? '│' : '┤'}${text.join('').trimEnd()}`
  })
  return [...lines, `${' '.repeat(margin)} └${'─'.repeat(cells)}`, `${' '.repeat(margin + 2)}${spread(ends, cells)}`]
}

/** Linear between the two points around x; the ends beyond them. */
function interpolate(positions: readonly number[], ys: readonly number[], x: number): number {
  const after = positions.findIndex((position) => position >= x)
  if (after === 0) return ys[0] as number
  if (after === -1) return ys.at(-1) as number
  const [a, b] = [positions[after - 1] as number, positions[after] as number]
  const [p, q] = [ys[after - 1] as number, ys[after] as number]
  return b > a ? p + ((q - p) * (x - a)) / (b - a) : q
}

/** Left, middle and right in so many columns; the middle is left out where there is no room. */
export function spread([left, right, middle]: readonly [string, string, string], width: number): string {
  const room = width - left.length - right.length
  if (room < middle.length + 2) return `${left}${' '.repeat(Math.max(1, room))}${right}`.trimEnd()
  const before = Math.floor((room - middle.length) / 2)
  return `${left}${' '.repeat(before)}${middle}${' '.repeat(room - middle.length - before)}${right}`
}
