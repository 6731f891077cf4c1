import { expect, it } from 'vitest'
import { checkHistory } from '../journal/check-history.js'
import type { Outcome, StudySpec } from '../journal/event.js'
import { lineSpec } from '../journal/line-spec.contract.js'
import { memoryStore } from '../journal/memory-store.js'
import { openStudy } from './open-study.js'

const spec: StudySpec = lineSpec({
  constraints: [
    { metric: 'latency', atMost: 20 },
    { metric: 'recall', atLeast: 0.5 },
  ],
})
const complete = (value: number): Outcome => ({ state: 'complete', values: [value] })

it('looks up in the reports what the study constrains: the best is the best that keeps it', async () => {
  const store = memoryStore()
  const study = await openStudy(store, spec)
  for (let i = 0; i < 5; i++) await study.ask()
  await study.report(0, 1, { latency: 10, recall: 1 })
  await study.report(0, 2, { latency: 25 })
  await study.tell(0, complete(1))
  await study.tell(1, complete(2), () => [{ at: 1, step: 1, metrics: { latency: 20, recall: 0.75 } }])
  await study.report(2, 1, { latency: 10 })
  await study.tell(2, complete(0))
  await study.report(3, 1, { latency: Number.POSITIVE_INFINITY, recall: 1 })
  await study.tell(3, complete(0))
  await expect(study.tell(4, { state: 'complete', values: [0], constraints: [1] })).rejects.toThrow(
    'tell: expected 2 constraint(s), got 1',
  )
  await study.tell(4, { state: 'complete', values: [0], constraints: [1, 0] })
  expect(study.state.finished.map(({ outcome }) => outcome)).toEqual([
    { state: 'complete', values: [1], constraints: [5, -0.5] },
    { state: 'complete', values: [2], constraints: [0, -0.25] },
    { state: 'failed', cause: 'nan', message: 'metric recall was never reported; wanted: recall >= 0.5' },
    { state: 'failed', cause: 'nan', message: 'metric latency was Infinity; wanted: latency <= 20' },
    { state: 'complete', values: [0], constraints: [1, 0] },
  ])
  expect(study.state.best?.trial.number).toBe(1)
  expect(checkHistory(await store.read('s', 0))).toEqual([])
})

it('keeps the constraints a study was made with', async () => {
  const store = memoryStore()
  await openStudy(store, spec)
  const { constraints: _, ...free } = spec
  await expect(openStudy(store, free)).rejects.toThrow(
    'study s: expected the constraints it was created with, got a different one: were latency <= 20, recall >= 0.5, are none. give the changed sweep another study name, or put back what changed; nothing was lost',
  )
  await expect(openStudy(store, spec)).resolves.toBeDefined()
})
