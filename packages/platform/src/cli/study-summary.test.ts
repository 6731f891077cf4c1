import { describeCounts, summarize } from '@parzen/core'
import { expect, it } from 'vitest'
import { complete, failed, START, sampleStudy } from './sample-study.contract.js'

it('gives scripts these keys', async () => {
  const study = await sampleStudy([complete(0.8), failed, complete(0.9), 'running'])
  expect(summarize(study.state)).toEqual({
    study: 'digits',
    owner: null,
    state: 'running',
    reason: null,
    metric: 'accuracy',
    direction: 'maximize',
    sampler: 'random',
    trials: 4,
    total: 8,
    finished: 3,
    complete: 2,
    infeasible: 0,
    pruned: 0,
    failed: 1,
    running: 1,
    paused: 0,
    queued: 0,
    failures: { exit: 1 },
    best: { number: 2, value: 0.9 },
    createdAt: START + 1000,
    updatedAt: study.state.lastEventAt,
    busyMilliseconds: study.state.busyMilliseconds,
  })
})

it('tells what is running from what waits, is stopped or has ended', async () => {
  const stateOf = async (...args: Parameters<typeof sampleStudy>) => summarize((await sampleStudy(...args)).state).state
  expect(await stateOf([])).toBe('open')
  expect(await stateOf(['running'])).toBe('running')
  expect(await stateOf([complete(1), 'waiting'])).toBe('interrupted')
  expect(await stateOf([complete(1)], { budget: { trials: 1 } })).toBe('ended')
  const stopped = await sampleStudy([complete(1)])
  await stopped.commit(() => ({ events: [{ type: 'study-stop-requested', by: 'me', now: false }], result: undefined }))
  expect(summarize(stopped.state).state).toBe('stopped')
  const stopping = await sampleStudy(['running'])
  await stopping.commit(() => ({ events: [{ type: 'study-stop-requested', by: 'me', now: false }], result: undefined }))
  expect(summarize(stopping.state).state).toBe('stopping')
})

it('counts in words, the most frequent failure first', () => {
  expect(describeCounts({ complete: 93, infeasible: 7, pruned: 4, failed: 3, failures: { timeout: 1, exit: 2 } })).toBe(
    '93 complete (7 infeasible), 4 pruned, 3 failed (2 exit, 1 timeout)',
  )
  expect(describeCounts({ complete: 0, infeasible: 0, pruned: 0, failed: 0, failures: {} })).toBe('0 complete')
})
