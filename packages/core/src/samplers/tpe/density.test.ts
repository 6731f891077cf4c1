import { describe, expect, test } from 'vitest'
import type { Outcome } from '../../journal/event.js'
import { rng } from '../../numerics/rng.js'
import type { Params, Space } from '../../space/distribution.js'
import { drawParams } from '../random.js'
import { finishedTrial, startedTrial } from '../simulated-study.contract.js'
import { badDensity } from './bad-density.js'
import { dimensionsOf } from './dimension.js'
import { drawPrior, goodDensity } from './good-density.js'
import { history } from './history.js'

const conditional: Space = {
  x: { kind: 'float', low: 1e-3, high: 10, log: true },
  kind: { kind: 'categorical', choices: ['a', 'b', 'c'], weights: [0.5, 0.3, 0.2] },
  depth: { kind: 'int', low: 1, high: 9, when: { kind: ['a', 'b'] } },
  rate: { kind: 'float', low: 0, high: 1, when: { kind: ['b'] } },
  shift: { kind: 'normal', mean: 3, sd: 2, when: { kind: ['c'] } },
}

function observed(space: Space, count: number, outcome: (params: Params, number: number) => Outcome) {
  const dimensions = dimensionsOf(space)
  const trials = history(dimensions, { directions: ['minimize'] })
  for (let number = 0; number < count; number++) {
    const params = drawParams(space, rng(8, number))
    trials.add([finishedTrial(startedTrial(number, { params }), outcome(params, number))])
  }
  return { dimensions, trials }
}

const byX = (params: Params): Outcome => ({ state: 'complete', values: [Math.log(params['x'] as number) ** 2] })

/** A density relative to the prior has mean 1 over draws from the prior: within five standard errors, and those small. */
function expectMassOne(dimensions: ReturnType<typeof dimensionsOf>, logDensity: (x: Float64Array) => number): void {
  const draw = rng(31)
  const x = new Float64Array(dimensions.length)
  const values = Float64Array.from({ length: 40_000 }, () => {
    drawPrior(dimensions, x, draw)
    return Math.exp(logDensity(x))
  })
  const mean = values.reduce((sum, v) => sum + v, 0) / values.length
  const variance = values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length
  const standardError = Math.sqrt(variance / values.length)
  expect(standardError).toBeLessThan(0.02)
  expect(Math.abs(mean - 1)).toBeLessThan(5 * standardError)
}

describe('densities over a conditional space', () => {
  test('l has mass 1 over all branches together', () => {
    const { dimensions, trials } = observed(conditional, 60, byX)
    const l = goodDensity(dimensions, trials.columns, trials.best(8))
    expectMassOne(dimensions, (x) => l.logDensity(x))
  })

  test('g has mass 1 over all branches together, running trials included', () => {
    const { dimensions, trials } = observed(conditional, 60, byX)
    const running = [61, 62].map((number) => startedTrial(number, { params: drawParams(conditional, rng(9, number)) }))
    const g = badDensity(dimensions, trials)
    g.prepare(trials.stage(running), trials.best(8))
    expectMassOne(dimensions, (x) => g.logDensities([x], 1)[0]!)
  })

  test('draws follow l: the mean of 1 / l over them is the share of the space l covers', () => {
    const { dimensions, trials } = observed(conditional, 60, byX)
    const l = goodDensity(dimensions, trials.columns, trials.best(8))
    const draw = rng(4)
    const x = new Float64Array(dimensions.length)
    let sum = 0
    const count = 40_000
    for (let i = 0; i < count; i++) {
      l.draw(x, draw)
      sum += 1 / Math.exp(l.logDensity(x))
    }
    // exact but for the steps, whose draws are rounded normals and whose density is a normal at the steps
    expect(Math.abs(sum / count - 1)).toBeLessThan(0.05)
  })

  test('without good trials l is the prior', () => {
    const { dimensions, trials } = observed(conditional, 3, () => ({ state: 'pruned', reason: 'hopeless' }))
    const l = goodDensity(dimensions, trials.columns, trials.best(3))
    const x = new Float64Array(dimensions.length)
    drawPrior(dimensions, x, rng(1))
    expect(l.logDensity(x)).toBe(0)
  })
})

test('g grows trial by trial as it does at once', () => {
  const many = observed(conditional, 300, byX)
  const dimensions = many.dimensions
  const trials = history(dimensions, { directions: ['minimize'] })
  const stepwise = badDensity(dimensions, trials)
  const x = new Float64Array(dimensions.length)
  drawPrior(dimensions, x, rng(77))
  for (let number = 0; number < 300; number++) {
    const params = drawParams(conditional, rng(8, number))
    trials.add([finishedTrial(startedTrial(number, { params }), byX(params))])
    const staged = [startedTrial(number + 1, { params: drawParams(conditional, rng(10, number)) })]
    stepwise.prepare(trials.stage(number % 3 === 0 ? staged : []), trials.best(5))
    stepwise.logDensities([x], 1)
  }
  const atOnce = badDensity(dimensions, many.trials)
  stepwise.prepare(trials.stage([]), trials.best(5))
  atOnce.prepare(many.trials.stage([]), many.trials.best(5))
  expect(stepwise.logDensities([x], 1)).toEqual(atOnce.logDensities([x], 1))
  expect(stepwise.logDensities([x], 3)).toEqual(atOnce.logDensities([x], 3))
})

test('g rises, and failures weigh more, where trials failed', () => {
  const space: Space = { x: { kind: 'float', low: 0, high: 1 } }
  const at = (outcome: Outcome) => {
    const { dimensions, trials } = observed(space, 50, ({ x }) =>
      (x as number) > 0.8 ? outcome : { state: 'complete', values: [1] },
    )
    const g = badDensity(dimensions, trials)
    g.prepare(trials.stage([]), trials.best(5))
    return g.logDensities([Float64Array.of(0.95)], 1)[0]!
  }
  const failed = at({ state: 'failed', cause: 'memory', message: 'killed' })
  expect(failed).toBeGreaterThan(at({ state: 'complete', values: [1] }) + 1)
})
