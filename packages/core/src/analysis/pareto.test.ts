import { describe, expect, it } from 'vitest'
import type { Observation } from './observation.js'
import { frontOf, knee, paretoFront } from './pareto.js'

const trial = (number: number, ...values: number[]): Observation => ({
  trial: number,
  params: {},
  values,
  losses: values,
})

describe('the Pareto front', () => {
  const trials = [trial(0, 3, 3), trial(1, 1, 4), trial(2, 4, 1), trial(3, 2, 2), trial(4, 2, 2), trial(5, 2, 3)]

  it('has the trials nothing dominates, equal ones too, by the first objective', () => {
    expect(paretoFront(trials).map((each) => each.trial)).toEqual([1, 3, 4, 2])
    expect(paretoFront([])).toEqual([])
    expect(paretoFront([trial(7, 2), trial(8, 1), trial(9, 1)]).map((each) => each.trial)).toEqual([8, 9])
  })

  it('has a volume that grows with each trial that joins it', () => {
    const front = frontOf(trials, [1, 1], [5, 5])
    expect(front?.hypervolumes).toEqual([4, 6, 8, 11, 11, 11])
    expect(front?.hypervolume).toBe(11)
  })

  it('takes a reference of its own from the worst values', () => {
    expect(frontOf(trials, [1, 1])?.reference).toEqual([4.3, 4.3])
    expect(frontOf([trial(0, 2, 2)], [1, 1])).toMatchObject({ reference: [2.1, 2.1] })
    expect(frontOf([], [1, 1])).toBeUndefined()
  })

  it('speaks of maximised objectives in their own units', () => {
    const turned = trials.map((each) => ({ ...each, losses: each.values.map((x) => -x) }))
    const front = frontOf(turned, [-1, -1], [0, 0])
    expect(front?.trials.map((each) => each.trial)).toEqual([2, 0, 1])
    expect([front?.reference, front?.hypervolume]).toEqual([[0, 0], 11])
  })

  it('has a knee where little more of one objective costs much of another', () => {
    expect(knee([trial(0, 0, 100), trial(1, 1, 20), trial(2, 5, 15), trial(3, 10, 0)])?.trial).toBe(1)
    expect(knee([trial(0, 0, 1, 1), trial(1, 1, 0, 1), trial(2, 1, 1, 0), trial(3, 0.2, 0.2, 0.3)])?.trial).toBe(3)
    expect(knee([trial(0, 0, 1), trial(1, 1, 0)])).toBeUndefined()
    // an objective in which all are equal decides nothing
    expect(knee([trial(0, 0, 2, 7), trial(1, 1, 1.5, 7), trial(2, 2, 0, 7)])?.trial).toBe(0)
  })
})
