import { describe, expect, test } from 'vitest'
import type { Outcome } from '../../journal/event.js'
import { dominanceOrder } from '../../numerics/dominance.js'
import { rng } from '../../numerics/rng.js'
import type { Params, Space } from '../../space/distribution.js'
import { finishedTrial, simulate, startedTrial } from '../simulated-study.contract.js'
import { dimensionsOf } from './dimension.js'
import { history } from './history.js'
import { type TpeOptions, tpe } from './tpe.js'

const complete = (value: number): Outcome => ({ state: 'complete', values: [value] })
const asKey = (params: Params) => JSON.stringify(Object.entries(params).sort())

describe('finite spaces', () => {
  const finite: Space = {
    kind: { kind: 'categorical', choices: ['a', 'b'] },
    n: { kind: 'int', low: 1, high: 6, when: { kind: ['a'] } },
    rate: { kind: 'float', low: 0, high: 0.4, step: 0.1, when: { kind: ['b'] } },
    flag: { kind: 'categorical', choices: [true, false] },
    never: { kind: 'categorical', choices: ['yes', 'no'], weights: [1, 0] },
  }
  const points = 2 * 6 + 2 * 5
  const value = (params: Params) => complete(((params['n'] as number) ?? 0) + (params['flag'] ? 1 : 0))

  test.each([1, 4])('each point once, then again: %i at a time', (parallel) => {
    for (const seed of [1, 2, 3]) {
      const steps = simulate(tpe(), { space: finite, seed, trials: points + 5, outcome: value, parallel })
      const keys = steps.map(({ suggestion }) => asKey(suggestion.params))
      expect(new Set(keys.slice(0, points)).size).toBe(points)
      expect(keys.length).toBe(points + 5)
    }
  })

  test('a failed point is not tried again', () => {
    const failing = (params: Params): Outcome =>
      params['flag'] ? value(params) : { state: 'failed', cause: 'exit', message: 'exit code 1' }
    const steps = simulate(tpe(), { space: finite, seed: 4, trials: points, outcome: failing })
    expect(new Set(steps.map(({ suggestion }) => asKey(suggestion.params))).size).toBe(points)
  })

  test('a finite branch that is used up leaves the continuous one', () => {
    const space: Space = {
      kind: { kind: 'categorical', choices: ['few', 'many'] },
      n: { kind: 'int', low: 1, high: 3, when: { kind: ['few'] } },
      x: { kind: 'float', low: 0, high: 1, when: { kind: ['many'] } },
    }
    const outcome = (params: Params) => complete(params['kind'] === 'few' ? 0 : 1)
    const steps = simulate(tpe(), { space, seed: 2, trials: 40, outcome })
    expect(steps.filter(({ suggestion }) => suggestion.params['kind'] === 'few').length).toBe(3)
  })
})

describe('conditional spaces', () => {
  test('the better branch is found and its parameters are tuned', () => {
    const space: Space = {
      kind: { kind: 'categorical', choices: ['a', 'b', 'c', 'd'] },
      ...Object.fromEntries(
        ['a', 'b', 'c', 'd'].map((choice) => [
          `x.${choice}`,
          { kind: 'float' as const, low: 0, high: 1, when: { kind: [choice] } },
        ]),
      ),
    }
    const outcome = (params: Params) => {
      const kind = params['kind'] as string
      const x = params[`x.${kind}`] as number
      return complete((kind === 'c' ? 0 : 0.3) + (x - 0.7) ** 2)
    }
    let late = 0
    let near = 0
    for (let seed = 0; seed < 10; seed++) {
      for (const { number, suggestion } of simulate(tpe(), { space, seed, trials: 80, outcome })) {
        if (number < 50) continue
        late++
        if (suggestion.params['kind'] === 'c' && Math.abs((suggestion.params['x.c'] as number) - 0.7) < 0.2) near++
      }
    }
    // random draws: 0.1
    expect(near / late).toBeGreaterThan(0.5)
  })
})

describe('running trials', () => {
  test('keep others away: the constant liar', () => {
    const space: Space = { x: { kind: 'float', low: 0, high: 1 }, y: { kind: 'float', low: 0, high: 1 } }
    const finished = Array.from({ length: 40 }, (_, number) => {
      const draw = rng(3, number)
      const params = { x: draw(), y: draw() }
      const trial = startedTrial(number, { params })
      return finishedTrial(trial, complete((params.x - 0.5) ** 2 + (params.y - 0.5) ** 2))
    })
    const sampler = tpe()({ space, directions: ['minimize'], seed: 1 })
    sampler.observe(finished)
    const around = Array.from({ length: 12 }, (_, k) =>
      startedTrial(40 + k, { params: { x: 0.5 + 0.02 * (k % 4), y: 0.5 + 0.02 * Math.floor(k / 4) } }),
    )
    const meanDistance = (running: typeof around) => {
      let sum = 0
      for (let seed = 0; seed < 60; seed++) {
        const params = sampler.suggest(running, { number: 60, rng: rng(seed, 60) })?.params ?? {}
        sum += Math.hypot((params['x'] as number) - 0.53, (params['y'] as number) - 0.52) / 60
      }
      return sum
    }
    expect(meanDistance(around)).toBeGreaterThan(1.3 * meanDistance([]))
  })
})

describe('the order of trials', () => {
  const space: Space = { x: { kind: 'float', low: 0, high: 1 } }
  const trialsOf = (outcomes: readonly Outcome[], directions = ['minimize' as const]) => {
    const trials = history(dimensionsOf(space), { directions })
    trials.add(outcomes.map((outcome, number) => finishedTrial(startedTrial(number, { params: { x: 0.5 } }), outcome)))
    return trials
  }
  const infeasible = (by: number): Outcome => ({ state: 'complete', values: [-9], constraints: [by, -1] })
  const failed: Outcome = { state: 'failed', cause: 'exit', message: 'exit code 1' }

  test('feasible by value, of equal ones the first; never infeasible or failed ones beside them', () => {
    const trials = trialsOf([complete(2), failed, infeasible(1), complete(1), complete(1)])
    expect([...trials.best(9)]).toEqual([3, 4, 0])
  })

  test('infeasible ones by their violation while there is nothing better', () => {
    expect([...trialsOf([infeasible(3), failed, infeasible(1)]).best(9)]).toEqual([2, 0])
  })

  test('a trial lost with its machine says nothing', () => {
    const lost: Outcome = { state: 'failed', cause: 'lost', message: 'no heartbeat' }
    expect(trialsOf([lost, complete(1)]).count).toBe(1)
  })

  test('several objectives: fronts, the ends of the last one first', () => {
    const points = [
      [5, 5],
      [1, 4],
      [2, 2],
      [2.1, 1.9],
      [4, 1],
      [4, 4],
    ]
    const losses = [0, 1].map((i) => Float64Array.from(points, (point) => point[i] as number))
    const rows = Int32Array.from(points.keys())
    expect([...dominanceOrder(losses, rows, 2)]).toEqual([1, 4])
    expect(new Set(dominanceOrder(losses, rows, 4))).toEqual(new Set([1, 2, 3, 4]))
    expect([...dominanceOrder(losses, rows, 9)].slice(4)).toEqual([5, 0])
  })
})

test('wrong options are refused with a reason', () => {
  expect(() => tpe({ candidates: 0 })).toThrow('sampler tpe: candidates: expected a whole number, 1 or more, got 0')
  expect(() => tpe({ gama: 0.2 } as TpeOptions)).toThrow('sampler tpe: expected one of its options, got "gama"')
  expect(() => tpe({ compat: 'optuna' } as unknown as TpeOptions)).toThrow(
    'sampler tpe: compat: expected "hyperopt", got "optuna"',
  )
})
