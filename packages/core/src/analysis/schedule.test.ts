import { expect, it } from 'vitest'
import { scheduleOf } from './schedule.js'

const reports = (...steps: number[]) => steps.map((step) => ({ at: 0, attempt: 1, step, metrics: {} }))
const trials = [
  { number: 0, params: { lr: 0.1, kind: 'a' }, reports: reports(1, 2, 3, 4) },
  { number: 1, params: { lr: 0.05, kind: 'a', width: 8 }, memo: { replaces: 0, parent: 0, step: 3 }, reports: [] },
  { number: 2, params: { lr: 0.02, kind: 'a' }, memo: { replaces: 0, parent: 0, step: 3 }, reports: reports(4, 5) },
] as const

it('has the parameters of each stretch, and which of them changed', () => {
  expect(scheduleOf(trials, trials[2])).toEqual({
    trial: 2,
    changing: ['lr'],
    pieces: [
      { trial: 0, from: 0, to: 3, params: { lr: 0.1, kind: 'a' } },
      { trial: 2, from: 3, to: 5, params: { lr: 0.02, kind: 'a' } },
    ],
  })
})

it('is one piece of a trial that is no fork, and only what was trained of a fork that has just begun', () => {
  expect(scheduleOf(trials, trials[0])).toMatchObject({ changing: [], pieces: [{ trial: 0, from: 0, to: 4 }] })
  expect(scheduleOf(trials, trials[1])).toMatchObject({ changing: [], pieces: [{ trial: 0, from: 0, to: 3 }] })
})
