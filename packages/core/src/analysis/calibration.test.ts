import { expect, it } from 'vitest'
import type { Direction } from '../journal/event.js'
import { memoryStore } from '../journal/memory-store.js'
import type { TrialRecord } from '../journal/state.js'
import { normalDraw, rng } from '../numerics/rng.js'
import { forecastsOf } from '../samplers/gp/forecast.js'
import { openStudy } from '../study/open-study.js'
import { calibration } from './calibration.js'

const trial = (number: number, value: number, memo?: TrialRecord['memo']): TrialRecord => ({
  number,
  state: 'complete',
  params: {},
  seen: 0,
  worker: '',
  startedAt: 0,
  reports: [],
  attempts: [],
  outcome: { state: 'complete', values: [value] },
  ...(memo === undefined ? {} : { memo }),
})
const forecast = { mean: 1, sd: 0.1, interval: [0.8, 1.2], best: 1 } as const
const memo = { by: 'gp', acquisition: 'expected improvement', forecasts: [forecast] }

it('counts the values within the interval', () => {
  const finished = [trial(0, 1, memo), trial(1, 1.1, memo), trial(2, 1.3, memo), trial(3, 9), trial(4, 0.8, memo)]
  expect(calibration({ finished })).toEqual({ trials: 4, inside: 0.75 })
  expect(calibration({ finished: [trial(3, 9)] })).toBeUndefined()
})

it('takes memos of all kinds', () => {
  for (const other of [
    undefined,
    null,
    3,
    'x',
    [],
    {},
    { forecasts: [] },
    { forecasts: [{ mean: 1 }] },
    { forecasts: [null] },
  ])
    expect(forecastsOf(other as TrialRecord['memo'])).toBeUndefined()
  expect(forecastsOf(memo as unknown as TrialRecord['memo'])).toEqual([forecast])
})

it.each([
  ['minimize', 0, 0.9],
  ['maximize', 0, 0.9],
  // the model takes noise for smaller than it is, and points are chosen where it is too hopeful
  ['minimize', 0.5, 0.6],
] as const)(
  'finds the forecasts of gp to hold, in units of the objective (%s, noise %d)',
  async (direction, noise, least) => {
    const sign = direction === 'minimize' ? 1 : -1
    let [inside, count] = [0, 0]
    for (let seed = 0; seed < 3; seed++) {
      const found = calibration(await searched(direction, seed, (loss, draw) => sign * (loss + noise * draw)))
      count += found?.trials ?? 0
      inside += (found?.inside ?? 0) * (found?.trials ?? 0)
    }
    expect(count).toBe(90)
    expect(inside / count).toBeGreaterThan(least)
  },
)

/** 40 trials of gp on a bowl about 50. */
async function searched(direction: Direction, seed: number, of: (loss: number, draw: number) => number) {
  const study = await openStudy(memoryStore(), {
    name: 's',
    space: { x: { kind: 'float', low: 0, high: 1 }, y: { kind: 'float', low: 1e-4, high: 1, log: true } },
    objectives: [{ metric: 'loss', direction }],
    seed,
    sampler: { name: 'gp', candidates: 100 },
    pruner: { name: 'none' },
    budget: {},
  })
  const uniform = rng(seed, 5)
  for (let i = 0; i < 40; i++) {
    const asked = await study.ask()
    if (!asked) break
    const [x, y] = [asked.params['x'] as number, asked.params['y'] as number]
    const loss = 50 + 10 * (x - 0.3) ** 2 + (Math.log10(y) + 2) ** 2
    await study.tell(asked.number, { state: 'complete', values: [of(loss, normalDraw(uniform))] })
  }
  return study.state
}
