import { expect, it } from 'vitest'
import { type Ended, outcomeOf } from './outcome.js'

const ended = (more: Partial<Ended>): Ended => ({
  exit: { kind: 'code', code: 0 },
  objectives: [{ metric: 'accuracy', direction: 'maximize' }],
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
  expect(outcomeOf(ended({}))).toEqual({ state: 'failed', cause: 'nan', message: `${message}no metric was` })
  expect(outcomeOf(ended({ seen: ['loss', 'acuracy'] }))).toEqual({
    state: 'failed',
    cause: 'nan',
    message: `${message}loss, acuracy were; did you mean acuracy?`,
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
