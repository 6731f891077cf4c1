import { describe, expect, it } from 'vitest'
import type { Json, Outcome, StudySpec } from '../journal/event.js'
import { memoryStore } from '../journal/memory-store.js'
import type { Store } from '../journal/store.js'
import { mixedSpec as spec } from './mixed-spec.contract.js'
import { findStudy, openStudy } from './open-study.js'

const within = (budget: StudySpec['budget']): StudySpec => ({ ...spec, budget })
const complete = (value: number): Outcome => ({ state: 'complete', values: [value] })
const range = (count: number) => Array.from({ length: count }, (_, index) => index)
const types = async (store: Store) => (await store.read('s', 0)).map(({ type }) => type)

describe('openStudy', () => {
  it('resumes: the suggestions are those of a study that was never closed', async () => {
    const ask = async (reopen: boolean) => {
      const store = memoryStore()
      let study = await openStudy(store, spec)
      const params: unknown[] = []
      for (const n of range(10)) {
        if (reopen) study = await openStudy(store, spec)
        params.push(await study.ask())
        if (n % 2) await study.tell(n, complete(n))
      }
      return params
    }
    expect(await ask(true)).toEqual(await ask(false))
  })

  it('makes one study however many open it at once, and writes nothing when nothing changed', async () => {
    const store = memoryStore()
    await Promise.all(range(5).map(() => openStudy(store, spec)))
    await openStudy(store, structuredClone(spec))
    expect(await types(store)).toEqual(['study-created'])
  })

  it('takes over what may change', async () => {
    const store = memoryStore()
    await openStudy(store, spec)
    const changes: readonly Partial<StudySpec>[] = [
      { budget: { trials: 3 } },
      { sampler: { name: 'random', other: 1 } },
      { pruner: { name: 'median' } },
      { job: { command: 'true' } as Json },
    ]
    for (const change of changes) {
      const study = await openStudy(store, { ...spec, ...change })
      expect(study.spec).toEqual({ ...spec, ...change })
    }
    expect(await types(store)).toEqual(['study-created', ...changes.map(() => 'study-edited')])
  })

  it('goes on with a study that had ended when its budget grows', async () => {
    const store = memoryStore()
    const study = await openStudy(store, within({ trials: 1 }))
    await study.ask()
    await study.tell(0, complete(1))
    expect(study.state.ended).toBe('1 trial done')
    const same = await openStudy(store, { ...within({ trials: 1 }), job: 1 })
    expect(same.state.ended).toBe('1 trial done')
    const more = await openStudy(store, within({ trials: 2 }))
    expect(more.state.ended).toBeUndefined()
    expect((await more.ask())?.number).toBe(1)
  })

  it.each([
    [
      { objectives: [{ metric: 'loss', direction: 'maximize' }] } as Partial<StudySpec>,
      'expected the objective it was created with, got a different one: was [{"metric":"loss","direction":"minimize"}], is [{"metric":"loss","direction":"maximize"}]',
    ],
    [{ seed: 2 }, 'expected the seed it was created with, got a different one: was 1, is 2'],
  ])('refuses what may not change: %j', async (change, text) => {
    const store = memoryStore()
    await openStudy(store, spec)
    await expect(openStudy(store, { ...spec, ...change })).rejects.toMatchObject({
      code: 'study/changed',
      message: `study s: ${text}. give the changed sweep another study name, or put back what changed; nothing was lost`,
    })
    expect(await types(store)).toEqual(['study-created'])
  })
})

describe('findStudy', () => {
  it('names the studies there are', async () => {
    const store = memoryStore()
    await expect(findStudy(store, 't')).rejects.toMatchObject({
      code: 'study/unknown',
      message: 'study "t": not in this store. it has no study yet; `parzen run sweep.yaml` makes one',
    })
    await openStudy(store, spec)
    await openStudy(store, { ...spec, name: 'r' })
    await expect(findStudy(store, 't')).rejects.toMatchObject({
      code: 'study/unknown',
      message: 'study "t": not in this store. it has: r, s',
    })
    expect((await findStudy(store, 's')).spec).toEqual(spec)
  })
})
