import { expect, test } from 'vitest'
import type { Outcome } from '../journal/event.js'
import { lossOf, ranking } from './loss.js'
import { finishedTrial, startedTrial } from './simulated-study.contract.js'

const started = (number: number) => startedTrial(number, { params: { x: number } })
const ended = (number: number, outcome: Outcome) => finishedTrial(started(number), outcome)
const complete = (value: number, constraints?: number[]): Outcome => ({
  state: 'complete',
  values: [value],
  ...(constraints ? { constraints } : {}),
})

test.each<readonly [string, Outcome, number]>([
  ['a value', complete(2), 2],
  ['a feasible value', complete(2, [0, -1]), 2],
  ['an infeasible value', complete(2, [0, 0.1]), Infinity],
  ['an unknown constraint', complete(2, [Number.NaN]), Infinity],
  ['NaN', complete(Number.NaN), Infinity],
  ['minus infinity', complete(-Infinity), Infinity],
  ['no value', { state: 'complete', values: [] }, Infinity],
  ['a failure', { state: 'failed', cause: 'timeout', message: '' }, Infinity],
  ['a pruned trial', { state: 'pruned', reason: '' }, Infinity],
])('the loss of %s', (_, outcome, expected) => {
  expect(lossOf(ended(0, outcome), 'minimize')).toBe(expected)
  expect(lossOf(ended(0, outcome), 'maximize')).toBe(expected === Infinity ? Infinity : -expected)
})

test('ranks by loss, then by number; running trials last and only for once', () => {
  const trials = ranking('minimize')
  trials.add([ended(4, complete(1)), ended(2, complete(Number.NaN)), ended(3, complete(1)), ended(0, complete(0))])
  const numbers = (running: readonly number[]) => trials.with(running.map(started)).map(({ number }) => number)
  expect(numbers([])).toEqual([0, 3, 4, 2])
  expect(numbers([5, 1])).toEqual([0, 3, 4, 1, 2, 5])
  expect(numbers([])).toEqual([0, 3, 4, 2])
})
