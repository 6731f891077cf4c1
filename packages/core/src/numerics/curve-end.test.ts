import { expect, it } from 'vitest'
import { type Course, endPredictor } from './curve-end.js'
import { rng } from './rng.js'

const LAST = 50

/** level + a · exp(−rate · step) + noise: what trainings look like, with 2 % noise of the spread of ends. */
function course(uniform: () => number, last = LAST): Course {
  const [level, a, rate] = [uniform(), 0.5 + uniform(), 0.05 + 0.1 * uniform()]
  const steps = Array.from({ length: last }, (_, i) => i + 1)
  return { steps, losses: steps.map((step) => level + a * Math.exp(-rate * step) + 0.02 * (uniform() - 0.5)) }
}

function upTo({ steps, losses }: Course, step: number): Course {
  return { steps: steps.slice(0, step), losses: losses.slice(0, step) }
}

const ended = (seed: number, count = 30) => {
  const uniform = rng(seed)
  return Array.from({ length: count }, () => course(uniform))
}

it('knows the end the better, the later it is asked', () => {
  const references = ended(1)
  const uniform = rng(2)
  const asked = Array.from({ length: 100 }, () => course(uniform))
  const errors = [6, 13, 25, 40].map((step) => {
    const predict = endPredictor(references, step)
    const squares = asked.map((one) => (predict!(upTo(one, step))!.median - one.losses.at(-1)!) ** 2)
    return Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / asked.length)
  })
  expect(errors).toEqual(errors.toSorted((a, b) => b - a))
  // the spread of ends is 0.29; the noise alone 0.008
  expect(errors[0]).toBeLessThan(0.2)
  expect(errors[3]).toBeLessThan(0.03)
})

it('is as sure as it is right: nine in ten ends lie where nine in ten are expected', () => {
  // 40 studies of 25 curves each: 1,000 trials; a proportion of 0.9 lies in 0.87 to 0.93 with a chance beyond 99 %, and the model is not exact
  let within = 0
  for (let seed = 0; seed < 40; seed++) {
    const uniform = rng(1000 + seed)
    const predict = endPredictor(ended(seed), 13)!
    for (let i = 0; i < 25; i++) {
      const one = course(uniform)
      const p = predict(upTo(one, 13))!.below(one.losses.at(-1)!)
      if (p > 0.05 && p < 0.95) within++
    }
  }
  expect(within / 1000).toBeGreaterThan(0.84)
  expect(within / 1000).toBeLessThan(0.96)
})

it('says the same in other units of loss and of steps', () => {
  const references = ended(5)
  const asked = upTo(course(rng(6)), 10)
  const stretched = ({ steps, losses }: Course): Course => ({
    steps: steps.map((step) => 8 * step),
    losses: losses.map((loss) => 4 * loss),
  })
  const [one, other] = [
    endPredictor(references, 10)!(asked)!,
    endPredictor(references.map(stretched), 80)!(stretched(asked))!,
  ]
  expect(other.median).toBeCloseTo(4 * one.median, 9)
  expect(other.below(2)).toBeCloseTo(one.below(0.5), 9)
})

it('says nothing without four curves that went on from there, or of one without a number', () => {
  expect(endPredictor(ended(7, 3), 10)).toBeUndefined()
  expect(endPredictor(ended(7), LAST)).toBeUndefined()
  expect(endPredictor(ended(7), 10)?.({ steps: [1, 2], losses: [Number.NaN, Number.NaN] })).toBeUndefined()
})

it('bears curves that are all alike, that end in nothing, and that begin late', () => {
  const flat = Array.from({ length: 6 }, (): Course => ({ steps: [1, 2, 3], losses: [1, 1, 1] }))
  expect(endPredictor(flat, 2)?.({ steps: [1, 2], losses: [1, 1] })?.median).toBeCloseTo(1)
  const odd: Course[] = [
    { steps: [], losses: [] },
    { steps: [40], losses: [Number.NaN] },
    { steps: [40], losses: [0.3] },
  ]
  expect(endPredictor([...ended(8), ...odd], 10)?.(upTo(course(rng(9)), 10))?.median).toBeGreaterThan(0)
})
