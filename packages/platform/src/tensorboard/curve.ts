import { shortest } from './read-scalars.js'

export interface Point {
  readonly step: number
  readonly value: number
  /** Epoch milliseconds. */
  readonly at: number
}

/** A curve of bounded length: evenly spaced points of it, with the first and the last. */
export interface Curve {
  add(point: Point): void
  points(): readonly Point[]
  /** At the highest step; of several there the last. */
  readonly last: Point | undefined
}

/** @param most points kept, at least 2; between half as many and all of them if there are more. */
export function curve(most: number): Curve {
  let kept: Point[] = []
  let stride = 1
  let count = 0
  let newest: Point | undefined
  let last: Point | undefined
  return {
    add({ step, value, at }) {
      const point = { step, value: shortest(value), at }
      newest = point
      if (!last || step >= last.step) last = point
      if (count++ % stride !== 0) return
      if (kept.length >= most - 1) {
        kept = kept.filter((_, i) => i % 2 === 0)
        stride *= 2
        if ((count - 1) % stride !== 0) return
      }
      kept.push(point)
    },
    points: () => (newest === undefined || kept.at(-1) === newest ? kept : [...kept, newest]),
    get last() {
      return last
    },
  }
}
