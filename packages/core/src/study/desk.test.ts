import { describe, expect, it } from 'vitest'
import type { StudySpec } from '../journal/event.js'
import { lineSpec } from '../journal/line-spec.contract.js'
import { memoryStore } from '../journal/memory-store.js'
import { openStudy } from './open-study.js'
import { verify } from './verify.js'

const spec: StudySpec = lineSpec({
  pruner: { name: 'median' },
})

describe('an append that fails', () => {
  it('leaves nothing behind: the pruner has never heard of it', async () => {
    const store = memoryStore()
    let isFull = false
    const study = await openStudy(
      {
        ...store,
        append: async (...of) => {
          if (isFull) throw new Error('the disk is full')
          return store.append(...of)
        },
      },
      spec,
    )
    for (let trial = 0; trial < 6; trial++) {
      await study.ask()
      await study.report(trial, 1, { loss: 1 })
      await study.report(trial, 2, { loss: 1 })
      await study.tell(trial, { state: 'complete', values: [1] })
    }
    const asked = await study.ask()
    expect(asked?.number).toBe(6)
    isFull = true
    await expect(study.report(6, 1, { loss: 0 })).rejects.toThrow('the disk is full')
    isFull = false
    await study.report(6, 1, { loss: 2 })
    // with the lost report it would be better than all others
    expect(await study.report(6, 2, { loss: 2 })).toBe('prune')
    expect(verify(await store.read('s', 0)).mismatches).toEqual([])
  })
})

describe('an append that somebody else came before', () => {
  it('begins the journal again only if it had reports, and is judged as if it had come first', async () => {
    const store = memoryStore()
    const other = await openStudy(store, spec)
    let between: (() => Promise<unknown>) | undefined
    const begun: number[] = []
    const study = await openStudy(
      {
        ...store,
        async read(name, version) {
          begun.push(version)
          return store.read(name, version)
        },
        async append(...of) {
          const first = between
          between = undefined
          await first?.()
          return store.append(...of)
        },
      },
      spec,
    )
    for (let trial = 0; trial < 6; trial++) {
      between = () => other.enqueue({ x: trial / 10 })
      await study.ask()
      await study.report(trial, 1, { loss: trial })
      between = () => other.enqueue({ x: trial / 10 })
      await study.tell(trial, { state: 'complete', values: [trial] })
    }
    expect(begun.filter((version) => version === 0)).toHaveLength(1)
    await study.ask()
    between = () => other.enqueue({ x: 0 })
    expect(await study.report(6, 1, { loss: 9 })).toBe('prune')
    expect(begun.filter((version) => version === 0)).toHaveLength(2)
    expect(verify(await store.read('s', 0)).mismatches).toEqual([])
  })
})
