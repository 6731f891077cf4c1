import { expect, it } from 'vitest'
import { bestSoFar, progressOf } from './progress.js'
import { complete, failed, sampleStudy } from './sample-study.contract.js'

it('goes by the number of trials', async () => {
  const { state } = await sampleStudy([complete(0.8), failed])
  const { busyMilliseconds } = state
  expect(progressOf(state, state.lastEventAt + 60_000)).toEqual({
    done: 2,
    total: 8,
    fraction: 0.25,
    elapsed: busyMilliseconds,
    left: busyMilliseconds * 3,
  })
})

it('counts the time since the last event while something runs', async () => {
  const { state } = await sampleStudy(['running'])
  const progress = progressOf(state, state.lastEventAt + 5000)
  expect(progress.elapsed).toBe(state.busyMilliseconds + 5000)
  expect(progress.left).toBeUndefined()
})

it('goes by the limit that comes first', async () => {
  const { state } = await sampleStudy([complete(0.8), 'running'], { budget: { trials: 1000, seconds: 20 } })
  const now = state.lastEventAt + 10_000 - state.busyMilliseconds
  expect(progressOf(state, now)).toMatchObject({ fraction: 0.5, elapsed: 10_000, left: 10_000 })
})

it('knows no end without a limit', async () => {
  const { state } = await sampleStudy([complete(0.8)], { budget: {} })
  expect(progressOf(state, 0)).toMatchObject({ done: 1, total: undefined, fraction: undefined, left: undefined })
})

it('follows the best value from the first complete trial on', async () => {
  const { state } = await sampleStudy([failed, complete(0.8), complete(0.7), failed, complete(0.9)])
  expect(bestSoFar(state)).toEqual([0.8, 0.8, 0.8, 0.9])
})
