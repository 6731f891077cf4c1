import { expect, test } from 'vitest'
import { rng } from '../../numerics/rng.js'
import type { Params, Space } from '../../space/distribution.js'
import { branches } from './branches.js'
import { encoding } from './encoding.js'
import { history } from './history.js'

const space: Space = {
  learner: { kind: 'categorical', choices: ['tree', 'boost', 'never'], weights: [0.5, 0.5, 0] },
  'learner.depth': { kind: 'int', low: 1, high: 9, when: { learner: ['tree'] } },
  booster: { kind: 'categorical', choices: ['linear', 'dart'], when: { learner: ['boost'] } },
  drop: { kind: 'float', low: 0, high: 1, when: { booster: ['dart'] } },
}
const coding = encoding(space)
const { place } = history(coding, { directions: ['minimize'] })
const tree = branches(coding)
const held = (found: ReturnType<typeof tree.neglected>) =>
  found?.map(({ gene, u }) => [coding.names[gene], coding.valueAt(gene, u)])
const trials = (...params: Params[]) => params.map(place)
const times = (n: number, params: Params) => Array.from({ length: n }, () => params)

test('a value tried less than 0.7 √m times is asked for, its ancestors with it; one without weight never is', () => {
  const boost = { learner: 'boost', booster: 'linear' }
  expect(held(tree.neglected(trials({ learner: 'tree', 'learner.depth': 3 })))).toEqual([['learner', 'boost']])
  expect(held(tree.neglected(trials({ learner: 'tree', 'learner.depth': 3 }, boost)))).toEqual([
    ['learner', 'boost'],
    ['booster', 'dart'],
  ])
  const dart = { learner: 'boost', booster: 'dart', drop: 0.5 }
  expect(
    held(
      tree.neglected(
        trials(...times(5, { learner: 'tree', 'learner.depth': 3 }), ...times(2, boost), ...times(2, dart)),
      ),
    ),
  ).toBe(undefined)
  // 20 trials: 4 of each learner are due, 2 of boost are there
  expect(held(tree.neglected(trials(...times(18, { learner: 'tree', 'learner.depth': 3 }), boost, dart)))).toEqual([
    ['learner', 'boost'],
  ])
})

test('start-up goes where it went least, all the way down', () => {
  const started = trials({ learner: 'tree', 'learner.depth': 3 }, { learner: 'boost', booster: 'linear' })
  const more = [...started, place({ learner: 'tree', 'learner.depth': 3 })]
  expect(held(tree.balanced(more, rng(1)))).toEqual([
    ['learner', 'boost'],
    ['booster', 'dart'],
  ])
})

test('a space without conditions has no branches', () => {
  const flat = encoding({ x: { kind: 'float', low: 0, high: 1 }, c: { kind: 'categorical', choices: [1, 2] } })
  expect(branches(flat).neglected([])).toBe(undefined)
  expect(branches(flat).balanced([], rng(1))).toEqual([])
})
