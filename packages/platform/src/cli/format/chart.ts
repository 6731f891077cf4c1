import { formatNumber } from './number.js'
import { padStart } from './width.js'

/** The bit of each dot of a braille cell, by row and column. Unicode 17.0, section 21.1. */
const dots = [
  [0x01, 0x08],
  [0x02, 0x10],
  [0x04, 0x20],
  [0x40, 0x80],
] as const

export interface ChartOptions {
  readonly width: number
  readonly height: number
  readonly axis: string
  readonly ends?: readonly [first: number, last: number]
  readonly marks?: readonly number[]
}

interface Scale {
  readonly name: 'linear' | 'log'
  readonly of: (y: number) => number
}

/**
 * A step line of `ys` in braille, with the least and the greatest value as labels; x is the index + 1, unless its `ends` are said.
 *
 * Logarithmic if all values are positive and span more than a factor of 100.
 * @param marks indices of `ys` that a ▲ on the axis points out
 * @returns `height` + 2 lines of at most `width` columns; none if there is nothing to draw or no room.
 */
export function chart(
  ys: readonly number[],
  { width, height, axis, ends = [1, ys.length], marks = [] }: ChartOptions,
): string[] {
  const least = Math.min(...ys)
  const greatest = Math.max(...ys)
  const labels = [formatNumber(greatest, 5), formatNumber(least, 5)] as const
  const margin = Math.max(labels[0].length, labels[1].length)
  const cells = width - margin - 2
  if (ys.length < 2 || cells < 8 || height < 2) return []
  const scale: Scale =
    least > 0 && greatest / least > 100 ? { name: 'log', of: Math.log } : { name: 'linear', of: (y) => y }
  const rows = draw(ys, scale, cells, height)
  const drawn = rows.map((row, i) => {
    const label = i === 0 ? labels[0] : i === height - 1 && least !== greatest ? labels[1] : ''
    return `${padStart(label, margin)} ${label === '' ? '│' : '┤'}${row.trimEnd()}`
  })
  const [first, last] = [formatNumber(ends[0]), formatNumber(ends[1])]
  const title = `${axis}${scale.name === 'log' ? ', log scale' : ''}`
  const room = Math.max(0, cells - last.length - first.length)
  const marked = new Set(marks.map((i) => Math.round((i / (ys.length - 1)) * (cells * 2 - 1)) >> 1))
  const line = Array.from({ length: cells }, (_, cell) => (marked.has(cell) ? '▲' : '─')).join('')
  const middle =
    title.length + 2 <= room ? title.padStart(Math.floor((room + title.length) / 2)).padEnd(room) : ' '.repeat(room)
  return [...drawn, `${' '.repeat(margin)} └${line}`, `${' '.repeat(margin + 2)}${first}${middle}${last}`]
}

function draw(ys: readonly number[], scale: Scale, cells: number, height: number): string[] {
  const least = scale.of(Math.min(...ys))
  const range = scale.of(Math.max(...ys)) - least
  const grid = Array.from({ length: height }, () => new Uint8Array(cells))
  const columns = cells * 2
  const bottom = height * 4 - 1
  let before: number | undefined
  for (let x = 0; x < columns; x++) {
    const y = ys[Math.round((x / (columns - 1)) * (ys.length - 1))] as number
    const row = range === 0 ? 0 : Math.round((1 - (scale.of(y) - least) / range) * bottom)
    // a jump is drawn as an upright line
    for (let r = Math.min(row, before ?? row); r <= Math.max(row, before ?? row); r++) {
      const cell = grid[r >> 2] as Uint8Array
      cell[x >> 1] = (cell[x >> 1] as number) | (dots[r % 4]?.[x % 2] as number)
    }
    before = row
  }
  return grid.map((row) => [...row].map((bits) => (bits === 0 ? ' ' : String.fromCodePoint(0x2800 + bits))).join(''))
}
