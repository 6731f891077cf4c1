import { memoryStore, type Named, openStudy, type StudySpec } from '@parzen/core'
import { lineSpec } from '@parzen/core/testing'
import { expect, it } from 'vitest'
import { ENOUGH, idlePruner } from './idle-pruner.js'

interface Ran {
  readonly count?: number
  readonly steps: readonly number[]
  readonly metrics?: (step: number) => { readonly [name: string]: number }
}

/** What is said after trials that all report alike and get to their end. */
async function said(pruner: Named, { count = ENOUGH, steps, metrics }: Ran, changed: Partial<StudySpec> = {}) {
  const study = await openStudy(
    memoryStore(),
    lineSpec({
      name: 'idle',
      seed: 0,
      pruner,
      ...changed,
    }),
  )
  for (let number = 0; number < count; number++) {
    await study.ask()
    for (const step of steps) await study.report(number, step, metrics?.(step) ?? { loss: 1 })
    await study.tell(number, { state: 'complete', values: [1] })
  }
  return idlePruner(study.state)
}

const steps = Array.from({ length: 27 }, (_, i) => i + 1)
const median = { name: 'median' }

it('names the metric that is watched and never reported', async () => {
  expect(await said({ ...median, metric: 'los' }, { steps })).toBe(
    'pruner median watches los, which the 3 complete trials did not report while they ran, but loss. did you mean loss?',
  )
  expect(await said({ ...median, metric: 'speed' }, { steps, metrics: () => ({ loss: 1, accuracy: 0 }) })).toBe(
    'pruner median watches speed, which the 3 complete trials did not report while they ran, but loss, accuracy. known: loss, accuracy',
  )
  expect(await said(median, { steps: [] })).toBe(
    'pruner median watches loss, which the 3 complete trials did not report while they ran, but nothing. report it',
  )
})

it('tells of trials that report once', async () => {
  const message =
    'pruner median has nothing to stop: the 3 complete trials reported loss once. report it as the training goes, with the step'
  expect(await said(median, { steps: [5] })).toBe(message)
  expect(await said(median, { steps: [5, 5] })).toBe(message)
})

it('tells of a first step that no trial gets to', async () => {
  const begins = (who: string, step: number) =>
    `${who} begins at step ${step}, and the 3 complete trials ended before, the longest at step 27. set maxStep to the last step of a training, or begin earlier (minStep, warmupSteps, interval)`
  expect(await said({ name: 'asha', maxStep: 900 }, { steps })).toBe(begins('pruner asha', 100))
  expect(await said({ name: 'hyperband', maxStep: 810 }, { steps })).toBe(begins('pruner hyperband', 30))
  expect(await said({ ...median, warmupSteps: 28 }, { steps })).toBe(begins('pruner median', 28))
  const sampler = { name: 'pbt', population: 4, interval: 30 }
  expect(await said({ name: 'none' }, { steps }, { sampler, budget: { trials: 9 } })).toBe(begins('sampler pbt', 30))
})

it('says nothing where nothing is wrong, or where it is too early', async () => {
  expect(await said({ name: 'none' }, { steps: [] })).toBeUndefined()
  expect(await said({ ...median, metric: 'los' }, { steps, count: ENOUGH - 1 })).toBeUndefined()
  expect(await said({ name: 'asha', maxStep: 243 }, { steps })).toBeUndefined()
  expect(await said({ ...median, warmupSteps: 27 }, { steps })).toBeUndefined()
  expect(await said({ name: 'threshold', upper: 0.5 }, { steps })).toBeUndefined()
})
