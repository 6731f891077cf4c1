import type { TrialRow } from '@parzen/core'
import { expect, it } from 'vitest'
import { metricAxis, parameterAxis } from './axis.js'
import { boxOn, type Cell, marksIn, placeX, placeY } from './scatter-cell.js'

const cell: Cell = {
  x: parameterAxis('lr', { kind: 'float', low: 1e-4, high: 1, log: true }),
  y: metricAxis('loss', [0, 0.5, 1], 'minimize'),
  left: 50,
  right: 450,
  top: 10,
  bottom: 210,
}
const row = (number: number, params: object, loss?: number) =>
  ({ number, params, metrics: loss === undefined ? {} : { loss } }) as unknown as TrialRow

it('has a mark for every trial, what is not set at the low end outside the axis', () => {
  const [set, unset] = marksIn(cell, [row(0, { lr: 0.01 }, 0.5), row(1, {})])
  expect(set?.x).toBeCloseTo(placeX(cell, 0.5))
  expect(set?.y).toBeCloseTo(placeY(cell, 0.5), 0)
  expect(unset?.x).toBeLessThan(placeX(cell, 0))
  expect(unset?.y).toBeGreaterThan(placeY(cell, 0))
})

it('spreads trials of one category, each always to the same place', () => {
  const kinds: Cell = { ...cell, x: parameterAxis('k', { kind: 'categorical', choices: ['a', 'b'] }) }
  const rows = Array.from({ length: 50 }, (_, i) => row(i, { k: i % 2 ? 'a' : 'b' }, 0.1))
  const marks = marksIn(kinds, rows)
  expect(new Set(marks.map(({ x }) => x)).size).toBe(50)
  for (const { row: of, x } of marks) expect(x < placeX(kinds, 0.5)).toBe(of.params['k'] === 'a')
  expect(marksIn(kinds, rows)).toEqual(marks)
})

it('says what a rectangle is about, and nothing of an axis that it covers', () => {
  const from = { x: placeX(cell, 0.25), y: placeY(cell, 1) }
  const to = { x: placeX(cell, 0.75), y: placeY(cell, 0) }
  expect(boxOn(cell, { from, to })).toEqual([{ name: 'lr', condition: 'lr >= 0.001 and lr <= 0.1' }])
  const both = boxOn(cell, { from, to: { ...to, y: placeY(cell, 0.5) } })
  expect(both.map(({ name }) => name)).toEqual(['lr', 'loss'])
})
