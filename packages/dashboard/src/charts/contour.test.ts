import type { PartialDependence } from '@parzen/core'
import { expect, it } from 'vitest'
import { surfaceOf, valueOn } from './contour.js'

const found: PartialDependence = {
  model: 'gp',
  metric: 'loss',
  trials: 9,
  averaged: 9,
  axes: [
    { name: 'k', values: ['b', 'a'], positions: [0.75, 0.25] },
    { name: 'x', values: [0, 1, 2], positions: [0, 0.5, 1] },
  ],
  mean: [4, 5, 6, 1, 2, 3],
  sd: [1, 1, 1, 2, 2, 2],
}

it('has the values in the order of their places, the last axis running fastest in what the model gives', () => {
  const surface = surfaceOf(found, 'mean')
  expect(surface).toMatchObject({
    x: [0.25, 0.75],
    values: [
      [1, 2, 3],
      [4, 5, 6],
    ],
    low: 1,
    high: 6,
  })
  expect(surfaceOf(found, 'sd')).toMatchObject({ low: 1, high: 2 })
  expect(surfaceOf({ ...found, axes: found.axes.slice(0, 1) }, 'mean')).toBeUndefined()
})

it('is linear between the points of a range, and takes the nearest of a list', () => {
  const surface = surfaceOf(found, 'mean')!
  expect(valueOn(surface, 0.5, 0.25, { x: false, y: false })).toBeCloseTo(3)
  expect(valueOn(surface, 0.3, 0.25, { x: true, y: false })).toBeCloseTo(1.5)
  expect(valueOn(surface, 0.7, 0.75, { x: true, y: false })).toBeCloseTo(5.5)
  expect(valueOn(surface, 0, 1, { x: false, y: false })).toBe(3)
  expect(valueOn(surface, 1, 1, { x: false, y: false })).toBe(6)
})
