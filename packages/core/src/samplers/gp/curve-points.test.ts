import { expect, it } from 'vitest'
import { reporting } from '../partial-curve.contract.js'
import { alignedLosses, type CurvePoint, curvePoints } from './curve-points.js'

const place = { u: Float64Array.of(0.5), f: Float64Array.of(0.5) }
const aims = { directions: ['minimize'], metrics: ['loss'] } as const

/** Losses at steps 1 … 18 that say their step. */
const steps = (upTo: number) => Array.from({ length: upTo }, (_, i) => 100 - (i + 1))

function seen(trial: ReturnType<typeof reporting>): [rung: number, loss: number][] {
  return curvePoints(trial, place, aims, 18).map(({ rung, loss }) => [rung, loss])
}

it('takes from a curve where it stood after a ninth and a third of a training, and its end', () => {
  expect(seen(reporting(0, steps(18), 'complete'))).toEqual([
    [2, 98],
    [1, 94],
    [0, 82],
  ])
  expect(seen(reporting(0, steps(5), 'pruned'))).toEqual([[2, 98]])
  expect(seen(reporting(0, steps(17), 'paused'))).toEqual([
    [2, 98],
    [1, 94],
  ])
})

it('takes the last of what was stopped before a ninth, and nothing of what reported nothing', () => {
  expect(seen(reporting(0, steps(1), 'pruned'))).toEqual([[2, 99]])
  expect(seen(reporting(0, [], 'pruned'))).toEqual([])
  expect(seen(reporting(0, ['NaN', 'NaN', 'NaN'], 'pruned'))).toEqual([])
})

it('counts progress from 0 to 1, and takes no beginning for an end', () => {
  const progress = (end: number, upTo: number) =>
    curvePoints(reporting(0, steps(upTo), 'paused'), place, aims, end).map((point) => point.progress)
  expect(progress(18, 18).map((p) => p.toFixed(4))).toEqual(['0.5000', '0.7500'])
  expect(progress(1000, 1)).toEqual([0])
  expect(curvePoints(reporting(0, steps(18), 'complete'), place, aims, 18).at(-1)?.progress).toBe(1)
  // longer than a training is said to be
  for (const p of progress(0.5, 3)) expect(p).toBeLessThan(1)
})

it('turns losses of what is to be maximised', () => {
  const points = curvePoints(reporting(0, [1, 2, 3], 'complete'), place, { ...aims, directions: ['maximize'] }, 3)
  expect(points.map(({ loss }) => loss)).toEqual([-1, -3])
})

const point = (trial: number, rung: number, loss: number): CurvePoint => ({ trial, place, rung, progress: 1, loss })

it('aligns what beginnings show with ends, by the trials that were seen at both', () => {
  const ends = [1, 2, 4, 7, 9]
  const points = ends.flatMap((end, t) => [point(t, 2, end + 15), point(t, 1, end + 5), point(t, 0, end)])
  const stopped = [point(7, 2, 15.5), point(8, 1, 6.5)]
  const aligned = [...alignedLosses([...points, ...stopped])]
  expect(aligned).toEqual([...ends.flatMap((end) => [end, end, end]), 0.5, 1.5])
})

it('goes over the rung between where nobody came from the first to the end, and leaves losses alone where nobody came further', () => {
  const between = [0, 1, 2].flatMap((t) => [point(t, 2, t + 10), point(t, 1, t + 5)])
  const ended = [3, 4, 5].flatMap((t) => [point(t, 1, t + 5), point(t, 0, t)])
  expect([...alignedLosses([...between, ...ended])]).toEqual([0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5])
  expect([...alignedLosses([point(0, 2, 3), point(1, 2, 5)])]).toEqual([3, 5])
})

it('is closer to the spread of ends the more pairs there are', () => {
  const far = (pairs: number) => {
    const points = Array.from({ length: pairs }, (_, t) => [point(t, 2, 2 * (t % 5)), point(t, 0, t % 5)]).flat()
    const [a = 0, b = 0] = alignedLosses([...points, point(-1, 2, 0), point(-2, 2, 8)]).slice(-2)
    return b - a
  }
  expect(far(5)).toBeGreaterThan(far(50))
  // 4 by the pairs alone, 8 as they are
  expect(far(500)).toBeCloseTo(4, 1)
})

it('does not depend on the unit of the loss, nor on what a diverged trial came to', () => {
  const points = [3, 1, 4, 1.5, 9, 2.6].flatMap((end, t) => [point(t, 2, 2 * end + 3), point(t, 0, end)])
  const aligned = alignedLosses(points)
  const scaled = alignedLosses(points.map((one) => ({ ...one, loss: 10 * one.loss + 7 })))
  scaled.forEach((loss, i) => void expect(loss).toBeCloseTo(10 * aligned[i]! + 7, 9))
  const diverged = alignedLosses([...points, point(99, 2, 1e9), point(99, 0, 1e9)])
  expect(Math.abs(diverged[0]! - aligned[0]!)).toBeLessThan(3)
})
