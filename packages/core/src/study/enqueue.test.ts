import { describe, expect, it } from 'vitest'
import { memoryStore } from '../journal/memory-store.js'
import { mixedSpec as spec } from './mixed-spec.contract.js'
import { openStudy } from './open-study.js'
import type { Study } from './study.js'

const range = (count: number) => Array.from({ length: count }, (_, index) => index)

describe('enqueue', () => {
  const queued = async (...params: readonly { readonly [name: string]: string | number | null }[]) => {
    const study = await openStudy(memoryStore(), spec)
    for (const values of params) await study.enqueue(values)
    return study
  }
  const next = async (study: Study) => (await study.ask())?.params

  it('goes ahead of the sampler, in order, each once', async () => {
    const study = await queued({ x: 0.1, kind: 'a' }, { x: 0.2, kind: 'b', n: 3 })
    expect(await next(study)).toEqual({ x: 0.1, kind: 'a' })
    expect(await next(study)).toEqual({ x: 0.2, kind: 'b', n: 3 })
    const sampled = await openStudy(memoryStore(), spec)
    for (const _ of range(2)) await sampled.ask()
    expect(await next(study)).toEqual(await next(sampled))
  })

  it('draws what is missing, from the stream of the trial', async () => {
    const drawn = await next(await queued({}))
    expect(drawn).toEqual(await next(await openStudy(memoryStore(), spec)))
    expect(await next(await queued({ x: 0.25 }))).toEqual({ ...drawn, x: 0.25 })
  })

  it('keeps null, which is a value like any other', async () => {
    for (const n of range(5)) expect((await next(await queued({ x: n / 5, kind: null })))?.['kind']).toBeNull()
  })

  it('switches on what a given parameter depends on', async () => {
    for (const n of range(5))
      expect(await next(await queued({ x: n / 5, n: 4 }))).toEqual({ x: n / 5, kind: 'b', n: 4 })
  })

  it('refuses values that cannot be, and keeps nothing of them', async () => {
    const study = await queued()
    await expect(study.enqueue({ x: 2 })).rejects.toMatchObject({
      code: 'params/value',
      message: 'x: expected a value of uniform(0, 1), got 2',
    })
    await expect(study.enqueue({ kind: 'a', n: 4 })).rejects.toMatchObject({ code: 'params/inactive' })
    await expect(study.enqueue({ y: 4 })).rejects.toMatchObject({ code: 'params/unknown' })
    expect(study.state.queue).toEqual([])
  })
})
