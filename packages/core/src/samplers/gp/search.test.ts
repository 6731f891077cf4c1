import { expect, test } from 'vitest'
import { rng } from '../../numerics/rng.js'
import type { Space } from '../../space/distribution.js'
import type { Acquisition } from './acquisition.js'
import { encoding } from './encoding.js'
import { search, type Task } from './search.js'

const space: Space = {
  kind: { kind: 'categorical', choices: ['a', 'b'] },
  x: { kind: 'float', low: 0, high: 1 },
  y: { kind: 'float', low: 0, high: 1, when: { kind: ['b'] } },
  k: { kind: 'int', low: 1, high: 9 },
}
const coding = encoding(space)
// features: x, y, k, kind; the top is kind b, x = 0.123456, y = 0.9, k = 7
const hill: Acquisition = {
  evaluate(f, at, gradient) {
    const dx = f[at]! - 0.123456
    const dy = f[at + 1]! - 0.9
    const dk = f[at + 2]! - (7 - 0.5) / 9
    const isB = f[at + 3] === 1
    gradient?.set([-2 * dx, isB ? -2 * dy : 0, -2 * dk])
    return -dx * dx - dk * dk - (isB ? dy * dy : 0.05)
  },
}
const task: Task = {
  acquisition: hill,
  metric: { dims: 4, numeric: 3, theta: new Float64Array(4).fill(1) },
  parents: [],
  isKnown: () => false,
  rng: rng(1),
  held: [],
}
const find = search(coding, { draws: 30, mutants: 0, starts: 3 })

test('few draws and a climb find the top, exactly, in the branch that holds it', () => {
  const params = coding.decode(find({ ...task, rng: rng(1) }), 0)
  expect([params['kind'], params['k']]).toEqual(['b', 7])
  expect(params['x']).toBeCloseTo(0.123456, 5)
  expect(params['y']).toBeCloseTo(0.9, 5)
})

test('held genes stay where they are', () => {
  const params = coding.decode(find({ ...task, rng: rng(2), held: [{ gene: 0, u: 0.25 }] }), 0)
  expect([params['kind'], params['k'], 'y' in params]).toEqual(['a', 7, false])
})

test('a known top gives way to the best point that is not known; where all are known, the top is repeated', () => {
  const isTop = (f: Float64Array, at: number) => f[at + 3] === 1
  expect(coding.decode(find({ ...task, rng: rng(3), isKnown: isTop }), 0)['kind']).toBe('a')
  expect(coding.decode(find({ ...task, rng: rng(3), isKnown: () => true }), 0)['kind']).toBe('b')
})

test('mutants of a good trial find a narrow top that draws miss', () => {
  const spike: Acquisition = {
    evaluate(f, at, gradient) {
      gradient?.fill(0)
      return f[at + 3] === 1 && Math.hypot(f[at]! - 0.5, f[at + 1]! - 0.5) < 0.02 ? 1 : 0
    },
  }
  const parent = Float64Array.of(0.75, 0.5, 0.52, 0.5)
  const near = search(coding, { draws: 5, mutants: 100, starts: 1 })
  const params = coding.decode(near({ ...task, acquisition: spike, rng: rng(4), parents: [parent] }), 0)
  expect(Math.hypot((params['x'] as number) - 0.5, (params['y'] as number) - 0.5)).toBeLessThan(0.02)
})
