import type { Points } from '@parzen/core'
import type { Chunk } from './record-chunk.js'

/** Reads one metric out of chunks one by one, in memory that does not grow with what is read. */
export interface PointsReader {
  /** @param first the number of the chunk's first record among all that are read */
  add(chunk: Chunk, first: number): void
  points(): Points
}

/**
 * @param total records to be read.
 * @param most if there are more records, the least and the greatest value of each of most / 2 stretches of them are kept,
 * and the first and the last of all.
 */
export function pointsReader(metric: string, total: number, most: number): PointsReader {
  const points = { steps: [] as number[], at: [] as number[], values: [] as number[] }
  const stretches = total <= most ? total : Math.max(1, Math.floor(most / 2) - 1)
  let stretch: Stretch | undefined
  let newest: Point | undefined
  let first: Point | undefined

  const keep = ({ step, at, value }: Point) => {
    points.steps.push(step)
    points.at.push(at)
    points.values.push(value)
  }
  const close = ({ least, greatest }: Stretch) => {
    const [a, b] = least.number <= greatest.number ? [least, greatest] : [greatest, least]
    if (first && a !== first && b !== first && points.steps.length === 0) keep(first)
    keep(a)
    if (b !== a) keep(b)
  }
  const add = (point: Point) => {
    first ??= point
    newest = point
    const index = Math.floor((point.number * stretches) / total)
    if (stretch?.index !== index) {
      if (stretch) close(stretch)
      stretch = { index, least: point, greatest: point }
      return
    }
    if (point.value < stretch.least.value) stretch.least = point
    if (point.value > stretch.greatest.value) stretch.greatest = point
  }

  return {
    add({ steps, at, columns }, from) {
      const column = columns.get(metric)
      column?.rows.forEach((row, i) => {
        const value = column.values[i] as number
        if (!Number.isFinite(value)) return
        add({ number: from + row, step: steps[row] as number, at: at[row] as number, value })
      })
    },
    points() {
      if (stretch) close(stretch)
      if (newest && newest !== stretch?.least && newest !== stretch?.greatest) keep(newest)
      stretch = undefined
      return points
    },
  }
}

interface Point {
  readonly number: number
  readonly step: number
  readonly at: number
  readonly value: number
}

interface Stretch {
  readonly index: number
  least: Point
  greatest: Point
}
