import { describe, expect, it } from 'vitest'
import type { Outcome } from '../journal/event.js'
import { memoryStore } from '../journal/memory-store.js'
import type { Store } from '../journal/store.js'
import { random } from '../samplers/random.js'
import type { SamplerFactory } from '../samplers/sampler.js'
import { mixedSpec as spec } from './mixed-spec.contract.js'
import { openStudy } from './open-study.js'

const complete = (value: number): Outcome => ({ state: 'complete', values: [value] })

/** Counts the suggestions it makes, used or not. */
function counting(): { readonly sampler: SamplerFactory; readonly made: number[] } {
  const made: number[] = []
  const sampler: SamplerFactory = (problem) => {
    const inner = random()(problem)
    return {
      observe: inner.observe,
      suggest(running, ask) {
        made.push(ask.number)
        return inner.suggest(running, ask)
      },
    }
  }
  return { sampler, made }
}

/** Lets `meddle` write just before the first append that follows a read. */
function interrupted(store: Store, meddle: () => Promise<unknown>): Store {
  let isDone = false
  return {
    ...store,
    async append(study, version, events) {
      if (!isDone && version > 0) {
        isDone = true
        await meddle()
      }
      return store.append(study, version, events)
    },
  }
}

describe('a lost race', () => {
  it('against a report does not cost a suggestion, and the trial says what was known when it was made', async () => {
    const store = memoryStore()
    const other = await openStudy(store, spec)
    await other.ask()
    const { sampler, made } = counting()
    const study = await openStudy(
      interrupted(store, () => other.report(0, 1, { loss: 1 })),
      spec,
      { sampler },
    )
    expect((await study.ask())?.number).toBe(1)
    expect(made).toEqual([1])
    expect((await store.read('s', 0)).at(-1)).toMatchObject({ type: 'trial-started', trial: 1, seen: 2 })
  })

  it('against the start of a trial makes another', async () => {
    const store = memoryStore()
    const other = await openStudy(store, spec)
    const { sampler, made } = counting()
    const study = await openStudy(
      interrupted(store, () => other.ask()),
      spec,
      { sampler },
    )
    expect((await study.ask())?.number).toBe(1)
    expect(made).toEqual([0, 1])
  })

  it('against a wish starts the wish', async () => {
    const store = memoryStore()
    const other = await openStudy(store, spec)
    const { sampler, made } = counting()
    const study = await openStudy(
      interrupted(store, () => other.enqueue({ x: 0.5, kind: 'a' })),
      spec,
      { sampler },
    )
    expect(await study.ask()).toEqual({ number: 0, params: { x: 0.5, kind: 'a' }, attempt: 1 })
    expect(made).toEqual([0])
  })

  it('against a stop starts nothing; the next suggestion knows all that came meanwhile', async () => {
    const store = memoryStore()
    const other = await openStudy(store, spec)
    await other.ask()
    const { sampler, made } = counting()
    const stop = () =>
      other.commit(() => ({ events: [{ type: 'study-stop-requested', by: 'me', now: false }], result: undefined }))
    const study = await openStudy(interrupted(store, stop), spec, { sampler })
    expect(await study.ask()).toBeUndefined()
    await other.tell(0, complete(1))
    expect(await other.resume()).toBe(true)
    expect((await study.ask())?.number).toBe(1)
    expect(made).toEqual([1, 1])
    expect((await store.read('s', 0)).at(-1)).toMatchObject({ seen: 5 })
  })
})
