import type { TrialRow } from '@parzen/core'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { barsOf, busyShare, lanesOf } from './lanes.js'

it('packs bars into as few lanes as were busy at once, and lets none overlap', () => {
  const time = fc.integer({ min: 0, max: 50 })
  fc.assert(
    fc.property(fc.array(fc.record({ from: time, length: time }), { maxLength: 60 }), (all) => {
      const bars = all.map(({ from, length }) => ({ from, to: from + length })).sort((a, b) => a.from - b.from)
      const { lanes, count } = lanesOf(bars)
      for (const [i, a] of bars.entries())
        for (const [j, b] of bars.entries())
          if (i < j && lanes[i] === lanes[j]) expect(a.to).toBeLessThanOrEqual(b.from)
      const most = Math.max(0, ...bars.map(({ from }) => bars.filter((b) => b.from <= from && from < b.to).length))
      expect(count).toBeGreaterThanOrEqual(most)
      // a bar of no length takes a lane too, but only where none is free
      expect(count).toBeLessThanOrEqual(Math.max(1, most + 1) * Number(bars.length > 0))
    }),
  )
})

it('has a bar for each attempt that was launched, and for trials that were asked for', () => {
  const attempt = (number: number, launchedAt: number | null, endedAt: number | null) => ({
    number,
    launchedAt,
    endedAt,
    cause: null,
  })
  const row = (more: Partial<TrialRow>) =>
    ({ number: 0, state: 'complete', startedAt: 1, finishedAt: 9, ...more }) as TrialRow
  const rows = [
    row({ attempts: [attempt(1, 5, 6), attempt(2, 7, 9)] }),
    row({ number: 1, attempts: [attempt(1, null, 9)] }),
    // launched and ended in one append
    row({ number: 4, startedAt: 2, finishedAt: 8, attempts: [attempt(1, 8, 8)] }),
    row({ number: 2, state: 'running', finishedAt: null, attempts: [attempt(1, 3, null)] }),
    row({ number: 3, state: 'waiting', finishedAt: null, attempts: [attempt(1, null, null)] }),
  ]
  expect(
    barsOf(rows, 20).map(({ row: { number }, attempt: of, from, to, state }) => [number, of, from, to, state]),
  ).toEqual([
    [1, 1, 1, 9, 'complete'],
    [4, 1, 2, 8, 'complete'],
    [2, 1, 3, 20, 'running'],
    [0, 1, 5, 6, 'retried'],
    [0, 2, 7, 9, 'complete'],
  ])
  expect(
    busyShare(
      [
        { from: 0, to: 10 },
        { from: 0, to: 5 },
      ],
      2,
    ),
  ).toBe(0.75)
  expect(busyShare([], 0)).toBe(0)
})
