import { expect, it } from 'vitest'
import { lineSpec } from '../journal/line-spec.contract.js'
import { memoryStore } from '../journal/memory-store.js'
import { normalDraw, rng } from '../numerics/rng.js'
import { openStudy } from '../study/open-study.js'
import { comparison } from './comparison.js'

/** Settings 0, 1, 2 … of x, each `repeats` times with noise around `truth(x)`. */
async function noisy(truth: (x: number) => number, repeats: number, direction: 'minimize' | 'maximize' = 'minimize') {
  const study = await openStudy(
    memoryStore(),
    lineSpec({
      space: { x: { kind: 'int', low: 0, high: 19 } },
      objectives: [{ metric: 'loss', direction }],
    }),
  )
  const uniform = rng(3, 0)
  for (let x = 0; x < 20; x++) {
    for (let r = 0; r < repeats; r++) {
      await study.enqueue({ x })
      const asked = await study.ask()
      await study.tell(asked?.number ?? 0, { state: 'complete', values: [truth(x) + 0.1 * normalDraw(uniform)] })
    }
  }
  return study.state
}

it('is sure of a difference far beyond the noise, and not of one within', async () => {
  const state = await noisy((x) => (x < 10 ? x : 10), 3)
  // trials 0 to 2 are of x = 0, 30 to 59 all of the same worth
  const { noise, trials, pairs } = comparison(state, [0, 15, 40, 50])
  expect(noise?.source).toBe('repeats')
  expect(noise?.sd).toBeCloseTo(0.1, 1)
  expect(trials.map(({ trial, repeats }) => [trial, repeats])).toEqual([
    [0, [0, 1, 2]],
    [15, [15, 16, 17]],
    [40, [39, 40, 41]],
    [50, [48, 49, 50]],
  ])
  const of = (a: number, b: number) => pairs.find((pair) => pair.a === a && pair.b === b)
  expect(of(0, 15)?.probability).toBe(1)
  expect(of(0, 15)?.expected).toBeCloseTo(-5, 0)
  expect(Math.abs((of(40, 50)?.probability ?? 0) - 0.5)).toBeLessThan(0.49)
  const [low = 0, high = 0] = of(40, 50)?.interval ?? []
  expect(low < 0 && high > 0).toBe(true)
})

it('turns with the direction, keeps one setting from beating itself, leaves out what has no value', async () => {
  const state = await noisy((x) => -x, 2, 'maximize')
  const { pairs, trials } = comparison(state, [0, 1, 10, 999])
  expect(trials.map(({ trial }) => trial)).toEqual([0, 1, 10])
  expect(pairs.map(({ a, b, probability }) => [a, b, probability])).toEqual([
    [0, 1, 0.5],
    [0, 10, 1],
    [1, 10, 1],
  ])
  expect(pairs[1]?.expected).toBeGreaterThan(4)
  expect(() => comparison(state, [0], 1)).toThrow('objective: expected a number from 0 to 0, got 1')
})

it('compares only what was reported where nothing is known of the noise', async () => {
  const state = await noisy((x) => x, 1)
  state.finished.length = 5
  const { noise, pairs } = comparison(state, [0, 1])
  expect(noise).toBeUndefined()
  expect(pairs).toEqual([{ a: 0, b: 1, difference: expect.closeTo(-1, 0) }])
})
