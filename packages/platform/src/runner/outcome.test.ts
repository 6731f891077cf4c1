import { expect, it } from 'vitest'
import { carriedOver, type Ended, outcomeOf } from './outcome.js'

const ended = (more: Partial<Ended>): Ended => ({
  exit: { kind: 'code', code: 0 },
  spec: { objectives: [{ metric: 'accuracy', direction: 'maximize' }] },
  last: {},
  seen: [],
  errors: '',
  timeoutSeconds: 60,
  stoppedBy: undefined,
  ...more,
})

it('is complete with the last value of each objective', () => {
  expect(outcomeOf(ended({ last: { accuracy: 0.5 } }))).toEqual({ state: 'complete', values: [0.5] })
})

it('names the metric that never appeared and what did', () => {
  const message = 'exit code 0, but metric accuracy was never reported: '
  expect(outcomeOf(ended({}))).toEqual({
    state: 'failed',
    cause: 'nan',
    message: `${message}no metric was; print accuracy=NUMBER`,
  })
  expect(outcomeOf(ended({ seen: ['loss', 'acuracy'] }))).toEqual({
    state: 'failed',
    cause: 'nan',
    message: `${message}loss, acuracy were; did you mean acuracy?`,
  })
})

const bounded = (more: Partial<Ended>) =>
  ended({
    spec: {
      objectives: [{ metric: 'accuracy', direction: 'maximize' }],
      constraints: [
        { metric: 'latency', atMost: 20 },
        { metric: 'recall', atLeast: 0.5 },
      ],
    },
    ...more,
  })

it('says how far the constrained metrics are beyond their bounds, and fails without them', () => {
  expect(outcomeOf(bounded({ last: { accuracy: 0.5, latency: 25, recall: 0.75 } }))).toEqual({
    state: 'complete',
    values: [0.5],
    constraints: [5, -0.25],
  })
  expect(outcomeOf(bounded({ last: { accuracy: 0.5, latency: 25 }, seen: ['accuracy', 'latency'] }))).toEqual({
    state: 'failed',
    cause: 'nan',
    message: 'exit code 0, but metric recall was never reported: accuracy, latency were; known: accuracy, latency',
  })
  expect(outcomeOf(bounded({ last: { accuracy: 0.5, latency: Infinity, recall: 1 } }))).toMatchObject({
    state: 'failed',
    message: 'metric latency was Infinity',
  })
})

it('fails for a value that is no number', () => {
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) {
    expect(outcomeOf(ended({ last: { accuracy: value } }))).toEqual({
      state: 'failed',
      cause: 'nan',
      message: `metric accuracy was ${value}`,
    })
  }
})

it.each([
  [{ exit: { kind: 'code', code: 3 }, errors: 'ValueError: no' }, 'exit', 'exit code 3: ValueError: no'],
  [{ exit: { kind: 'code', code: 127 } }, 'exit', 'exit code 127 (command not found)'],
  [{ exit: { kind: 'signal', signal: 'SIGSEGV' } }, 'exit', 'ended by SIGSEGV'],
  [{ exit: { kind: 'timeout' } }, 'timeout', 'not done after 60 s'],
  [{ exit: { kind: 'memory' } }, 'memory', 'killed by the system for want of memory'],
  [{ exit: { kind: 'killed' } }, 'killed', 'interrupted'],
  [{ exit: { kind: 'killed' }, stoppedBy: 'ann' }, 'killed', 'stopped by ann'],
  [{ exit: { kind: 'unstartable', message: 'x: not found' } }, 'exit', 'could not be started: x: not found'],
  [{ exit: { kind: 'lost' } }, 'lost', 'neither a process nor a record of its end was found'],
] as const)('says how it failed: %j', (more, cause, message) => {
  // reported values do not save a run that failed
  expect(outcomeOf(ended({ last: { accuracy: 1 }, ...more }))).toEqual({ state: 'failed', cause, message })
})

it('goes by what attempts reported before a pause, not before a retry', () => {
  const wanted = ['accuracy']
  const reports = [
    { at: 1, step: 1, metrics: { accuracy: 0.5 }, attempt: 1 },
    { at: 2, step: 2, metrics: { accuracy: 0.6, loss: 3 }, attempt: 1 },
    { at: 3, step: 3, metrics: { loss: 2 }, attempt: 1 },
    { at: 5, step: 4, metrics: { accuracy: 0.9 }, attempt: 2 },
  ]
  const after = (first: object) => ({ attempts: [{ number: 1, endedAt: 4, ...first }, { number: 2 }], reports })
  expect(carriedOver(after({}), wanted)).toEqual({ accuracy: 0.6 })
  expect(carriedOver(after({ cause: 'lost' }), wanted)).toEqual({})
  expect(carriedOver({ attempts: [{ number: 1 }], reports }, wanted)).toEqual({})
})

it('a fork that finds its parent at its end has its result, one that reports has its own', () => {
  const wanted = ['accuracy']
  const report = (accuracy: number) => ({ at: 0, step: 9, attempt: 1, metrics: { accuracy } })
  const parent = { reports: [report(0.5), report(0.7)] }
  const fork = (reports: readonly ReturnType<typeof report>[]) => ({ attempts: [{ number: 1 }], reports })
  expect(carriedOver(fork([]), wanted, parent)).toEqual({ accuracy: 0.7 })
  expect(carriedOver(fork([report(0.6)]), wanted, parent)).toEqual({})
})
