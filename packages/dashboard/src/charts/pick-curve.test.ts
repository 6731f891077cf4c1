import { expect, it } from 'vitest'
import { stepped } from './curve-keys.js'
import type { Line } from './curves.js'
import { pickCurve } from './pick-curve.js'
import { scale } from './scale.js'
import { timeTicks } from './time-scale.js'

const line = (trial: number, x: number[], y: number[]): Line => ({
  trial,
  x: Float64Array.from(x),
  y: Float64Array.from(y),
})
const scales = { x: scale([0, 100], [0, 1000]), y: scale([0, 10], [500, 0]) }

it('picks the line that runs nearest, also between two points far apart', () => {
  const lines = [line(1, [0, 100], [0, 10]), line(2, [0, 100], [2, 2])]
  expect(pickCurve(lines, scales, [520, 255])).toMatchObject({ line: { trial: 1 }, index: 1 })
  expect(pickCurve(lines, scales, [700, 398])).toMatchObject({ line: { trial: 2 }, index: 1 })
  expect(pickCurve(lines, scales, [300, 410])).toMatchObject({ line: { trial: 2 }, index: 0 })
  expect(pickCurve(lines, scales, [700, 50])).toBeUndefined()
  expect(pickCurve([line(3, [50], [5])], scales, [510, 260])).toMatchObject({ index: 0 })
})

it('picks whose own a stretch is, and what inherited it where that is not drawn', () => {
  const parent = line(1, [0, 50, 100], [5, 5, 0])
  // thinned a little differently: nearer by a pixel
  const fork: Line = { ...line(2, [0, 50, 100], [5.02, 5, 9]), inherited: [{ trial: 1, end: 2 }] }
  for (const lines of [
    [parent, fork],
    [fork, parent],
  ])
    expect(pickCurve(lines, scales, [240, 248])).toMatchObject({ line: { trial: 1 } })
  expect(pickCurve([parent, fork], scales, [240, 252], new Set([2]))).toMatchObject({ line: { trial: 2 } })
  expect(pickCurve([fork], scales, [240, 248])).toMatchObject({ line: { trial: 2 }, index: 0 })
  expect(pickCurve([parent, fork], scales, [750, 150])).toMatchObject({ line: { trial: 2 } })
})

it('goes along a line and between lines by keys', () => {
  const lines = [line(1, [0, 40], [1, 1]), line(2, [0, 40], [3, 3]), line(3, [0, 20], [2, 2])]
  expect(stepped(lines, undefined, 'ArrowUp', [0, 40])).toEqual({ trial: 3, x: 20 })
  expect(stepped(lines, { trial: 1, x: 10 }, 'ArrowRight', [0, 40])).toEqual({ trial: 1, x: 11 })
  expect(stepped(lines, { trial: 3, x: 20 }, 'ArrowRight', [0, 40])).toEqual({ trial: 3, x: 20 })
  expect(stepped(lines, { trial: 1, x: 10 }, 'ArrowUp', [0, 40])).toEqual({ trial: 3, x: 10 })
  expect(stepped(lines, { trial: 1, x: 30 }, 'ArrowUp', [0, 40])).toEqual({ trial: 2, x: 30 })
  expect(stepped(lines, { trial: 2, x: 30 }, 'ArrowUp', [0, 40])).toEqual({ trial: 2, x: 30 })
  expect(stepped(lines, { trial: 2, x: 30 }, 'a', [0, 40])).toBeUndefined()
})

it('comes past lines of the same value, each once', () => {
  const lines = [1, 2, 3].map((trial) => line(trial, [0, 1], [5, 5]))
  const second = stepped(lines, { trial: 1, x: 0 }, 'ArrowUp', [0, 1])
  expect(second).toEqual({ trial: 2, x: 0 })
  expect(stepped(lines, second, 'ArrowUp', [0, 1])).toEqual({ trial: 3, x: 0 })
  expect(stepped(lines, { trial: 3, x: 0 }, 'ArrowDown', [0, 1])).toEqual({ trial: 2, x: 0 })
})

it('marks round times of day in the zone of whoever looks', () => {
  const noon = Date.UTC(2026, 0, 1, 12)
  expect(timeTicks(noon, noon + 60_000, 4, 0)).toEqual([0, 15, 30, 45, 60].map((seconds) => noon + seconds * 1000))
  // an hour and a half east of Greenwich midnight is at 22:30
  const hour = 3_600_000
  expect(timeTicks(noon, noon + 24 * hour, 4, -90)).toEqual([4.5, 10.5, 16.5, 22.5].map((later) => noon + later * hour))
})
