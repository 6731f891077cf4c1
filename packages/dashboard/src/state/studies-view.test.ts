import { expect, it } from 'vitest'
import { isFound, type Listed, sortedStudies, timeLeft } from './studies-view.js'

const study = (name: string, more: Partial<Listed> = {}): Listed => ({
  study: name,
  owner: null,
  state: 'running',
  reason: null,
  metric: 'loss',
  direction: 'minimize',
  sampler: 'tpe',
  trials: 10,
  total: 20,
  finished: 10,
  complete: 10,
  infeasible: 0,
  pruned: 0,
  failed: 0,
  running: 0,
  paused: 0,
  queued: 0,
  failures: {},
  best: null,
  createdAt: 0,
  updatedAt: 0,
  busyMilliseconds: 1000,
  history: [],
  version: 1,
  ...more,
})

it('finds studies by all the words, wherever they stand', () => {
  const one = study('digits', { tags: ['paper'], note: 'second try', owner: 'ada' })
  expect(['', 'dig', 'Paper ADA', 'try tpe', 'dig nobody'].map((search) => isFound(one, search))).toEqual([
    true,
    true,
    true,
    true,
    false,
  ])
})

it('sorts by a column, what is missing last', () => {
  const all = [study('b', { best: { number: 0, value: 2 } }), study('a'), study('c', { best: { number: 0, value: 1 } })]
  const names = (sort: string) => sortedStudies(all, sort).map((one) => one.study)
  expect([names('study'), names('best'), names('-best')]).toEqual([
    ['a', 'b', 'c'],
    ['c', 'b', 'a'],
    ['b', 'c', 'a'],
  ])
})

it('tells the time left from the pace so far, where it can', () => {
  expect(timeLeft(study('a'))).toBe(1000)
  expect(timeLeft(study('a', { finished: 1 }))).toBeUndefined()
  expect(timeLeft(study('a', { total: null }))).toBeUndefined()
  expect(timeLeft(study('a', { state: 'ended' }))).toBeUndefined()
})
