import { summarize } from '@parzen/core'
import picocolors from 'picocolors'
import { expect, it } from 'vitest'
import { runSummary } from './run-summary.js'
import { complete, failed, sampleStudy } from './sample-study.contract.js'

async function summaryOf(...args: Parameters<typeof sampleStudy>): Promise<string[]> {
  const study = await sampleStudy(...args)
  const summary = { ...summarize(study.state), busyMilliseconds: 192_000 }
  return runSummary(
    { colors: picocolors.createColors(false) },
    {
      ...{ study, summary, folder: '.parzen/studies/digits', again: 'parzen run' },
    },
  )
}

it('ends with the best trial, ready to paste', async () => {
  const budget = { trials: 3 }
  expect(await summaryOf([complete(0.8), failed, { ...failed, cause: 'timeout' }], { budget })).toEqual([
    'digits: ended (3 trials done)',
    '3 of 3 trials in 3m 12s: 1 complete, 2 failed (1 exit, 1 timeout)',
    'best: trial 0, accuracy 0.8',
    '  --lr=0.001000001 --optimizer=adam',
    'more: parzen show digits  parzen best digits  parzen logs digits 0',
    'logs: .parzen/studies/digits',
  ])
})

it('says what the next run continues', async () => {
  expect((await summaryOf([complete(0.8), 'waiting', 'waiting']))[0]).toBe(
    'digits: interrupted, 2 to be continued by `parzen run`',
  )
  expect((await summaryOf([complete(0.8)]))[0]).toBe('digits: not finished, `parzen run` goes on')
})

it('says how to go on when the budget was spent on failures', async () => {
  expect((await summaryOf([failed, failed], { budget: { trials: 2 } })).at(-2)).toBe(
    'more: parzen show digits  parzen logs digits  parzen run --trials 4',
  )
})

it('has nothing to paste if no trial is complete', async () => {
  expect(await summaryOf([failed])).toEqual([
    'digits: not finished, `parzen run` goes on',
    '1 of 8 trials in 3m 12s: 0 complete, 1 failed (1 exit)',
    'more: parzen show digits  parzen logs digits',
    'logs: .parzen/studies/digits',
  ])
})
