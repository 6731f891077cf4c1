import { expect, it } from 'vitest'
import { rng } from '../../numerics/rng.js'
import { expectedEnds } from './expected-end.js'

const curve = (...losses: readonly number[]) => new Map(losses.map((loss, i) => [i + 1, loss]))

it('is the mean end of the three that were nearest at that step', () => {
  const ends = expectedEnds()
  for (const [there, end] of [
    [9, 5],
    [8, 4],
    [7, 3],
    [3, 1],
  ] as const)
    ends.add(curve(there, end), end)
  expect(ends.of(1, 7.6)).toBe(4)
  expect(ends.of(1, 3)).toBe((1 + 3 + 4) / 3)
  // better than anyone was there
  expect(ends.of(1, -100)).toBe((1 + 3 + 4) / 3)
  expect(ends.of(1, 9)).toBe(4)
})

it('is unknown where all were better, or fewer than three have a value', () => {
  const ends = expectedEnds()
  ends.add(curve(4, 1), 1)
  ends.add(curve(5, 2), 2)
  expect(ends.of(1, 4)).toBeUndefined()
  ends.add(curve(6), 3)
  expect(ends.of(1, 4)).toBe(2)
  expect(ends.of(1, 6.1)).toBeUndefined()
  expect(ends.of(2, 1)).toBeUndefined()
  expect(ends.of(3, 1)).toBeUndefined()
})

it('is the same whether asked before or after the others ended', () => {
  const random = rng(5)
  const [early, late] = [expectedEnds(), expectedEnds()]
  // few distinct values, so that there are ties
  const draw = () => Math.floor(random() * 9)
  const all = Array.from({ length: 60 }, () => curve(...Array.from({ length: 1 + Math.floor(random() * 5) }, draw)))
  all.forEach((one, i) => {
    early.of(1 + (i % 5), draw())
    early.add(one, i)
    late.add(one, i)
  })
  const asked = Array.from({ length: 200 }, () => [1 + Math.floor(random() * 5), draw()] as const)
  expect(asked.map(([step, loss]) => early.of(step, loss))).toEqual(asked.map(([step, loss]) => late.of(step, loss)))
  expect(asked.filter(([step, loss]) => late.of(step, loss) !== undefined).length).toBeGreaterThan(100)
})
