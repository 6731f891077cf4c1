import type { TrialRow } from '@parzen/core'
import { expect, it } from 'vitest'
import { parseFilter } from '../state/filter.js'
import { axisOf, metricAxis, parameterAxis, passing } from './axis.js'

it('places the values of a log parameter by their logarithm, and speaks of round ones', () => {
  const axis = parameterAxis('lr', { kind: 'float', low: 1e-4, high: 1, log: true })
  expect(axis.place(1e-2)).toBeCloseTo(0.5)
  expect(axis.labels.map(({ text }) => text)).toEqual(['1.00e-4', '0.001', '0.01', '0.1', '1'])
  expect(axis.condition(0.25, 0.75)).toBe('lr >= 0.001 and lr <= 0.1')
})

it('speaks of whole numbers of an int, and of values of a category', () => {
  const int = parameterAxis('n', { kind: 'int', low: 1, high: 4 })
  expect(int.condition(0.3, 0.7)).toBe('n >= 2 and n <= 3')
  expect(int.labels.map(({ text }) => text)).toEqual(['1', '2', '3', '4'])
  const kind = parameterAxis('my kind', { kind: 'categorical', choices: ['a b', 'c', 3] })
  expect(kind.condition(0, 0.6)).toBe('"my kind" in ("a b", c)')
  expect(kind.condition(0.4, 0.42)).toBe('"my kind" in (c)')
  expect(kind.valueAt(1)).toBe(3)
})

it('lets a brush that reaches the end of a metric have no end, since what is far off lies there', () => {
  const values = Array.from({ length: 101 }, (_, i) => i)
  const axis = metricAxis('loss', [...values, 1e4], 'minimize')
  expect(axis.place(1e4)).toBe(1)
  expect(axis.condition(0.5, 1)).toMatch(/^loss >= [\d.]+$/)
  expect(axis.condition(0, 0.5)).toMatch(/^loss <= [\d.]+$/)
  expect(axis.condition(0, 1)).toBe('loss is set')
})

it('is logarithmic for values of many sizes', () => {
  const axis = metricAxis('loss', [0.001, 0.01, 0.1, 1, 10], 'minimize')
  expect(axis.place(0.1) - axis.place(0.01)).toBeCloseTo(axis.place(0.01) - axis.place(0.001), 2)
})

it('finds the stretches that a filter lets through', () => {
  const axis = parameterAxis('x', { kind: 'float', low: 0, high: 10 })
  const stretches = passing(axis, parseFilter('x >= 2 and x <= 4 or x > 8'))
  expect(stretches).toHaveLength(2)
  expect(stretches[0]?.[0]).toBeCloseTo(0.2)
  expect(stretches[0]?.[1]).toBeCloseTo(0.4)
  expect(stretches[1]?.[1]).toBeCloseTo(1)
  const kinds = parameterAxis('k', { kind: 'categorical', choices: ['a', 'b'] })
  expect(passing(kinds, parseFilter('k in (b)'))[0]?.[0]).toBeCloseTo(0.5)
})

it('knows trials by number, state and time too', () => {
  const rows = [0, 1, 2, 3].map((number) => ({
    number,
    state: 'complete',
    startedAt: 0,
    finishedAt: 1000 * number,
    params: {},
    metrics: {},
  })) as unknown as TrialRow[]
  expect(axisOf('trial', rows, undefined).place(3)).toBeGreaterThan(0.9)
  expect(axisOf('state', rows, undefined).valueAt(0)).toBe('complete')
  expect(axisOf('seconds', rows, undefined).condition(0.3, 0.6)).toMatch(/^seconds >= [\d.]+ and seconds <= [\d.]+$/)
})
