import type { TrialRow } from '@parzen/core'
import { expect, it } from 'vitest'
import { parameterAxis } from './axis.js'
import { linesOf, nearestLine, placeAt, xOf, yOf } from './parallel-lines.js'

const axes = [
  parameterAxis('x', { kind: 'float', low: 0, high: 1 }),
  parameterAxis('k', { kind: 'categorical', choices: ['a', 'b'] }),
  parameterAxis('y', { kind: 'float', low: 0, high: 1 }),
]
const size = { width: 800, height: 400 }
const row = (number: number, params: object) => ({ number, params, metrics: {} }) as TrialRow
const lines = linesOf(
  [row(0, { x: 0, k: 'a', y: 1 }), row(1, { x: 1, k: 'b' }), row(2, { x: 0.5, k: 'b', y: 0 })],
  axes,
  size,
)

it('gives values that are not set a place below the axis', () => {
  expect(lines[1]?.ys[2]).toBeGreaterThan(yOf(0, size))
  expect(lines[0]?.ys[0]).toBe(yOf(0, size))
})

it('finds the axis and the place on it again', () => {
  expect(placeAt(xOf(1, 3, size) + 20, yOf(0.25, size), 3, size)).toEqual({ axis: 1, place: 0.25 })
  expect(placeAt(xOf(2, 3, size), size.height - 5, 3, size)).toEqual({ axis: 2, place: -1 })
  expect(placeAt(-50, -50, 3, size)).toEqual({ axis: 0, place: 1 })
})

it('finds the line that passes by, also between axes', () => {
  const x = (xOf(0, 3, size) + xOf(1, 3, size)) / 2
  const y = ((lines[0]?.ys[0] as number) + (lines[0]?.ys[1] as number)) / 2
  expect(nearestLine(lines, x, y + 3, size)?.row.number).toBe(0)
  expect(nearestLine(lines, xOf(2, 3, size), size.height - 24, size)?.row.number).toBe(1)
  expect(nearestLine(lines, x, y + 40, size)).toBeUndefined()
  expect(nearestLine([], x, y, size)).toBeUndefined()
})
