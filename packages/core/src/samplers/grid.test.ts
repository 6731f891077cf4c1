import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { memoryStore } from '../journal/memory-store.js'
import { rng } from '../numerics/rng.js'
import { activeNames, isActive } from '../space/activity.js'
import type { Choice, Parameter, Params, Space } from '../space/distribution.js'
import { openStudy } from '../study/open-study.js'
import { deep } from './contract-spaces.contract.js'
import { type GridOptions, grid, gridSize } from './grid.js'
import { axes } from './grid-axis.js'
import { samplerContract } from './sampler.contract.js'
import { simulate } from './simulated-study.contract.js'

// 200 points of x where the contract needs 100 trials of one parameter; 3 elsewhere
samplerContract('grid', () => (problem) => grid({ count: 'x' in problem.space ? 200 : 3 })(problem))

const complete = () => ({ state: 'complete', values: [0] }) as const

function pointsOf(space: Space, options: GridOptions = {}, parallel = 1): Params[] {
  return simulate(grid(options), { space, seed: 5, trials: 100_000, outcome: complete, parallel }).map(
    (step) => step.suggestion.params,
  )
}

/** The plain definition: every combination of values of the active parameters, by recursion. */
function everyPoint(space: Space, options: GridOptions = {}): Params[] {
  const points = axes(space, options)
  let all: Record<string, Choice>[] = [{}]
  for (const [name, parameter] of Object.entries(space)) {
    const axis = points.get(name)
    const values = Array.from({ length: axis?.count ?? 0 }, (_, k) => axis?.at(k) as Choice)
    all = all.flatMap((params) =>
      isActive(parameter, params) ? values.map((value) => ({ ...params, [name]: value })) : [params],
    )
  }
  return all
}

const keys = (points: readonly Params[]) => points.map((params) => JSON.stringify(params))

describe('points', () => {
  test('are each combination of a conditional space once, in any order and in parallel', () => {
    const small: Space = { ...deep, lr: { kind: 'categorical', choices: [0.1] } }
    const options: GridOptions = { count: { 'layers.0.kind.dense.units': 2, 'layers.1.kind.dense.units': 1 } }
    const space = Object.fromEntries(Object.entries(small).filter(([name]) => !name.startsWith('layers.2')))
    const all = keys(everyPoint(space, options)).sort()
    expect(new Set(all).size).toBe(all.length)
    expect(gridSize(space, options)).toBe(all.length)
    expect(keys(pointsOf(space, options)).sort()).toEqual(all)
    expect(keys(pointsOf(space, options, 8)).sort()).toEqual(all)
    expect(keys(pointsOf(space, { ...options, order: 'sequential' })).sort()).toEqual(all)
  })

  test('are those of the plain definition in random conditional spaces', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e9 }), (seed) => {
        const space = randomSpace(seed)
        const all = keys(everyPoint(space)).sort()
        expect(gridSize(space)).toBe(all.length)
        expect(keys(pointsOf(space)).sort()).toEqual(all)
        for (const params of pointsOf(space)) expect(Object.keys(params)).toEqual(activeNames(space, params))
      }),
      { numRuns: 60, seed: 1 },
    )
  })

  test('in sequence change the last parameter fastest', () => {
    const space: Space = { a: { kind: 'int', low: 1, high: 2 }, b: { kind: 'categorical', choices: ['x', 'y'] } }
    expect(pointsOf(space, { order: 'sequential' })).toEqual([
      { a: 1, b: 'x' },
      { a: 1, b: 'y' },
      { a: 2, b: 'x' },
      { a: 2, b: 'y' },
    ])
  })

  test.each<readonly [string, Parameter, GridOptions, readonly Choice[]]>([
    ['a range with both ends', { kind: 'float', low: 0, high: 1 }, {}, [0, 0.25, 0.5, 0.75, 1]],
    ['a logarithmic range', { kind: 'float', low: 1e-5, high: 0.1, log: true }, {}, [1e-5, 1e-4, 1e-3, 1e-2, 0.1]],
    ['as many as wanted', { kind: 'float', low: 0, high: 1 }, { count: 3 }, [0, 0.5, 1]],
    ['one, in the middle', { kind: 'float', low: 0, high: 1 }, { count: 1 }, [0.5]],
    ['steps', { kind: 'float', low: 0, high: 0.5, step: 0.2 }, {}, [0, 0.2, 0.4]],
    ['every integer', { kind: 'int', low: -1, high: 2 }, { count: 2 }, [-1, 0, 1, 2]],
    ['some integers', { kind: 'int', low: 1, high: 9 }, { count: { x: 3 } }, [1, 5, 9]],
    ['powers', { kind: 'int', low: 1, high: 100, log: true }, { count: { x: 3 } }, [1, 10, 100]],
    ['values that were given', { kind: 'float', low: 0, high: 1 }, { points: { x: [0.3, 0.1, 0.3] } }, [0.3, 0.1]],
    ['a point', { kind: 'float', low: 2, high: 2 }, {}, [2]],
    ['possible choices', { kind: 'categorical', choices: ['a', 'b'], weights: [1, 0] }, {}, ['a']],
    ['rounded normals', { kind: 'normal', mean: 0, sd: 1, step: 1 }, { count: 5 }, [-1, 0, 1]],
  ])('of %s', (_, parameter, options, expected) => {
    expect(pointsOf({ x: parameter }, { ...options, order: 'sequential' }).map(({ x }) => x)).toEqual(expected)
  })

  test('of a normal are the middles of equal shares', () => {
    const points = pointsOf({ x: { kind: 'normal', mean: 10, sd: 2 } }, { count: 3, order: 'sequential' })
    expect(points.map(({ x }) => Number((x as number).toFixed(4)))).toEqual([8.0652, 10, 11.9348])
  })
})

test('the first tenth of a shuffled grid covers every value of every parameter', () => {
  const space: Space = Object.fromEntries(
    ['a', 'b', 'c', 'd'].map((name) => [name, { kind: 'int', low: 0, high: 9 } as const]),
  )
  const first = simulate(grid(), { space, seed: 1, trials: 1000, outcome: complete })
  for (const name of Object.keys(space)) {
    const counts = new Map<Choice, number>()
    for (const { suggestion } of first) {
      const value = suggestion.params[name] as Choice
      counts.set(value, (counts.get(value) ?? 0) + 1)
    }
    // 100 each, standard deviation 9
    expect(Math.min(...counts.values())).toBeGreaterThan(60)
    expect(counts.size).toBe(10)
  }
})

test('2^53 points need no memory; more are refused', () => {
  const bits = (n: number): Space =>
    Object.fromEntries(Array.from({ length: n }, (_, i) => [`b${i}`, { kind: 'int', low: 0, high: 1 } as const]))
  expect(gridSize(bits(52))).toBe(2 ** 52)
  expect(simulate(grid(), { space: bits(52), seed: 1, trials: 20, outcome: complete }).length).toBe(20)
  expect(() => gridSize(bits(60))).toThrow(
    'sampler grid: expected at most 2^53 points, got about 1.2e+18. give fewer `points`, or a smaller `count` for the numeric parameters',
  )
})

test('a study ends when the grid is done, with trials that a person added besides', async () => {
  const space: Space = { x: { kind: 'int', low: 1, high: 6 } }
  const spec = {
    name: 'grid',
    space,
    objectives: [{ metric: 'loss', direction: 'minimize' as const }],
    seed: 1,
    sampler: { name: 'grid' },
    pruner: { name: 'none' },
    budget: {},
  }
  const store = memoryStore()
  const open = () => openStudy(store, spec, { sampler: grid() })
  let study = await open()
  await study.enqueue({ x: 3 })
  for (let asked = await study.ask(); asked; asked = await study.ask()) {
    if (asked.number % 2) study = await open()
    if (asked.number === 3) await study.enqueue({ x: 4 })
    await study.tell(asked.number, { state: 'failed', cause: 'exit', message: 'exit code 1' })
  }
  const tried = study.state.trials.map(({ params }) => params['x'] as number)
  expect(tried.sort()).toEqual([1, 2, 3, 3, 4, 4, 5, 6])
  expect(study.state.ended).toBe('every point of the space has been tried')
})

test.each<readonly [unknown, string]>([
  [{ cuont: 3 }, 'sampler grid: expected one of its options, got "cuont". did you mean count?'],
  [{ order: 'random' }, 'sampler grid: order: expected "shuffled" or "sequential", got "random"'],
  [{ count: 0 }, 'sampler grid: count: expected a whole number, 1 or more, or such numbers by parameter, got 0'],
  [{ points: { x: 3 } }, 'sampler grid: points: expected lists of values by parameter, got {"x":3}'],
  [
    { points: { y: [3] } },
    'sampler grid: points.y: expected a parameter of the space, got an unknown name. did you mean x?',
  ],
  [
    { count: { y: 3 } },
    'sampler grid: count.y: expected a parameter of the space, got an unknown name. did you mean x?',
  ],
  [{ points: { x: [] } }, 'sampler grid: points.x: expected at least one value, got []'],
  [{ points: { x: [0.5, 2] } }, 'sampler grid: points.x: expected values of {"kind":"float","low":0,"high":1}, got 2'],
])('refuses %j', (options, message) => {
  const make = () =>
    grid(options as GridOptions)({
      space: { x: { kind: 'float', low: 0, high: 1 } },
      directions: ['minimize'],
      seed: 1,
    })
  expect(make).toThrow(message)
})

/** Up to seven parameters of up to three values, each with up to two earlier ones as parents. */
function randomSpace(seed: number): Space {
  const draw = rng(seed)
  const below = (n: number) => Math.floor(draw() * n)
  const space: Record<string, Parameter> = {}
  const n = 1 + below(7)
  for (let i = 0; i < n; i++) {
    const when: Record<string, Choice[]> = {}
    for (let p = below(3); p > 0 && i > 0; p--) {
      const parent = below(i)
      when[`p${parent}`] = [0, 1, 2].filter(() => draw() < 0.6)
    }
    space[`p${i}`] = { kind: 'int', low: 0, high: below(3), ...(Object.keys(when).length > 0 ? { when } : {}) }
  }
  return space
}
