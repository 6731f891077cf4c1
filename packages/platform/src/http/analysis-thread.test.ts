import { analyze, memoryStore, openStudy } from '@parzen/core'
import { lineSpec } from '@parzen/core/testing'
import { expect, it } from 'vitest'
import { analysisThread } from './analysis-thread.js'

const spec = lineSpec()

it('says elsewhere what the core says here, once for each version, also of misuse, and goes on with what is new', async () => {
  const store = memoryStore()
  const study = await openStudy(store, spec)
  const grow = async (count: number) => {
    for (let i = 0; i < count; i++) {
      const asked = await study.ask()
      await study.tell(asked?.number ?? 0, { state: 'complete', values: [Number(asked?.params['x']) ** 2] })
    }
  }
  const thread = analysisThread(store)
  await grow(10)
  for (const more of [0, 240, 10]) {
    await grow(more)
    const first = thread.of(study, { kind: 'analysis' })
    expect(thread.of(study, { kind: 'analysis' })).toBe(first)
    expect(await first).toEqual(analyze(study.state))
    await expect(thread.of(study, { kind: 'dependence', names: ['y'], options: {} })).rejects.toMatchObject({
      code: 'params/unknown',
    })
  }
  await thread.close()
  // after its end another one is started
  expect(await thread.of(study, { kind: 'comparison', trials: [0, 1], objective: 0 })).toMatchObject({ metric: 'loss' })
  await thread.close()
})
