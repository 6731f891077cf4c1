import fc from 'fast-check'
import { expect, it } from 'vitest'
import { chart } from './chart.js'
import { visibleWidth } from './width.js'

it('draws a step line with its ends and its labels', () => {
  expect(chart([4, 4, 2, 2, 1], { width: 24, height: 4, axis: 'trials' })).toEqual([
    '4 ┤⠉⠉⠉⠉⠉⠉⠉⠉⡇',
    '  │        ⡇',
    '  │        ⠧⠤⠤⠤⠤⠤⠤⠤⠤⠤⡄',
    '1 ┤                  ⣇⣀⣀',
    '  └─────────────────────',
    '   1      trials       5',
  ])
})

it('takes logarithms of what spans more than a factor of 100', () => {
  const lines = chart([1000, 10, 1], { width: 30, height: 3, axis: 'trials' })
  expect(lines.at(-1)).toBe('      1  trials, log scale   3')
  expect(lines.slice(0, 3)).toEqual(['1000 ┤⠉⠉⠉⠉⠉⠉⡇', '     │      ⣇⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⡀', '   1 ┤                  ⣇⣀⣀⣀⣀⣀'])
})

it('labels a flat line once', () => {
  expect(chart([0.5, 0.5], { width: 16, height: 2, axis: 'x' })).toEqual([
    '0.5 ┤⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉',
    '    │',
    '    └───────────',
    '     1    x    2',
  ])
})

it('says where x begins and ends, and points out places', () => {
  expect(chart([3, 2, 1], { width: 20, height: 2, axis: 'step', ends: [0, 40], marks: [0, 1] }).slice(2)).toEqual([
    '  └▲───────▲────────',
    '   0     step     40',
  ])
})

it('draws nothing without points or room', () => {
  expect(chart([], { width: 80, height: 5, axis: 'x' })).toEqual([])
  expect(chart([1], { width: 80, height: 5, axis: 'x' })).toEqual([])
  expect(chart([1, 2], { width: 8, height: 5, axis: 'x' })).toEqual([])
})

it('keeps within its width and height', () => {
  const values = fc.array(fc.double({ noNaN: true, min: -1e9, max: 1e9 }), { minLength: 2, maxLength: 50 })
  fc.assert(
    fc.property(values, fc.integer({ min: 30, max: 80 }), fc.integer({ min: 2, max: 10 }), (ys, width, height) => {
      const lines = chart(ys, { width, height, axis: 'finished trials' })
      expect(lines).toHaveLength(height + 2)
      for (const line of lines) expect(visibleWidth(line)).toBeLessThanOrEqual(width)
    }),
  )
})
