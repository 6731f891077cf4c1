import { expect, it } from 'vitest'
import { matching, pointsFor, readCurvesView } from './curves-view.js'

it('reads what the address says, and passes over what it cannot read', () => {
  expect(readCurvesView({ x: 'wall', zoom: '3,9', smooth: '0.5', logy: 'yes', band: 'quantiles' })).toMatchObject({
    across: 'wall',
    zoom: [3, 9],
    smoothing: 0.5,
    isLog: true,
    band: 'quantiles',
  })
  expect(readCurvesView({ x: 'sideways', zoom: '9,3', smooth: 'much' })).toMatchObject({
    across: 'step',
    zoom: undefined,
    smoothing: 0,
    band: 'sd',
  })
})

it('finds metrics by an expression, those of the system only where they are asked for', () => {
  const names = ['loss', 'accuracy', 'system/cpu']
  expect(matching(names, '').found).toEqual(['loss', 'accuracy'])
  expect(matching(names, 'LOSS|^system').found).toEqual(['loss', 'system/cpu'])
  expect(matching(names, '(')).toEqual({
    found: ['loss', 'accuracy'],
    problem: 'expected a regular expression such as loss|accuracy, got (',
  })
})

it('asks for fewer points the more curves there are', () => {
  expect([1, 100, 2000].map((curves) => pointsFor(curves, 1400))).toEqual([400, 400, 40])
  expect(pointsFor(100_000, 300)).toBe(30)
})
