import { describe, expect, it } from 'vitest'
import type { StudySpec } from '../journal/event.js'
import { memoryStore } from '../journal/memory-store.js'
import { journalSuggester } from './journal-suggester.js'
import { findStudy, openStudy } from './open-study.js'
import type { Elsewhere } from './study.js'
import type { NextTrial } from './suggester.js'
import { verify } from './verify.js'

const spec: StudySpec = {
  name: 's',
  space: {
    x: { kind: 'float', low: 0, high: 1 },
    kind: { kind: 'categorical', choices: ['a', 'b'] },
    y: { kind: 'float', low: 0, high: 1, when: { kind: ['b'] } },
  },
  objectives: [{ metric: 'loss', direction: 'minimize' }],
  seed: 4,
  sampler: { name: 'tpe' },
  pruner: { name: 'none' },
  budget: { trials: 30 },
}

/** Suggestions of another place, after `before`; none from the `last` of them on. */
function place({
  before = async () => {},
  last = Infinity,
} = {}): Elsewhere & { readonly made: (NextTrial | undefined)[] } {
  const there = journalSuggester()
  const made: (NextTrial | undefined)[] = []
  return {
    made,
    takes: () => true,
    async suggest(read) {
      there.follow(await read(there.version))
      const next = made.length < last ? there.suggest() : undefined
      made.push(next)
      await before()
      return next
    },
  }
}

async function tried(elsewhere: Elsewhere | undefined, changed: Partial<StudySpec> = {}) {
  const store = memoryStore()
  const study = await openStudy(store, { ...spec, ...changed }, elsewhere ? { elsewhere } : {})
  for (let asked = await study.ask(); asked; asked = await study.ask()) {
    const { x, y = 0.5 } = asked.params as { x: number; y?: number }
    await study.tell(asked.number, { state: 'complete', values: [x + y] })
  }
  return { study, events: await store.read('s', 0) }
}

describe('suggestions made elsewhere', () => {
  it.each(['tpe', 'gp', 'cmaes', 'anneal'])('are those made here, bit for bit: %s', async (name) => {
    const there = place()
    const [mine, other] = [await tried(there, { sampler: { name } }), await tried(undefined, { sampler: { name } })]
    expect(there.made).toHaveLength(30)
    const started = ({ events }: typeof mine) =>
      events.filter(({ type }) => type === 'trial-started').map(({ at: _, ...event }) => event)
    expect(started(mine)).toEqual(started(other))
    expect(verify(mine.events)).toEqual({ checked: 30, mismatches: [], foreign: [] })
  })

  it('are dropped where somebody started a trial or asked for one meanwhile', async () => {
    const store = memoryStore()
    const rival = await openStudy(store, spec)
    let left = 2
    const there = place({
      async before() {
        if (left === 2) await rival.ask()
        if (left === 1) await rival.enqueue({ x: 0.25 })
        left--
      },
    })
    const study = await findStudy(store, 's', { elsewhere: there })
    const asked = await study.ask()
    // the second was overtaken by the queue, which is served here
    expect([asked?.number, asked?.params.x, there.made.map((next) => next?.trial)]).toEqual([1, 0.25, [0, 1]])
    expect(verify(await store.read('s', 0)).mismatches).toEqual([])
  })

  it('are dropped where the study was edited meanwhile', async () => {
    const store = memoryStore()
    await openStudy(store, spec)
    let isEdited = false
    const there = place({
      async before() {
        if (!isEdited) await openStudy(store, { ...spec, sampler: { name: 'random' } })
        isEdited = true
      },
    })
    const study = await findStudy(store, 's', { elsewhere: there })
    await study.ask()
    expect(study.state.trials[0]?.seen).toBe(2)
    expect(verify(await store.read('s', 0))).toEqual({ checked: 1, mismatches: [], foreign: [] })
  })

  it('go to callers at the same time one by one, each its own trial', async () => {
    const there = place()
    const study = await openStudy(memoryStore(), spec, { elsewhere: there })
    const asked = await Promise.all(Array.from({ length: 6 }, () => study.ask()))
    expect(asked.map((trial) => trial?.number)).toEqual([0, 1, 2, 3, 4, 5])
    // none in vain
    expect(there.made.map((next) => next?.trial)).toEqual([0, 1, 2, 3, 4, 5])
  })

  it('are made here where that place cannot, and where the last one took no time', async () => {
    const there = place({ last: 3 })
    const { study, events } = await tried(there)
    expect(study.state.finished).toHaveLength(30)
    expect(verify(events).mismatches).toEqual([])
    const lazy = place()
    await tried({ ...lazy, takes: (milliseconds) => milliseconds > 1e6 })
    expect(lazy.made).toHaveLength(0)
  })

  it('end a study whose space is finished', async () => {
    const { study } = await tried(place(), {
      space: { k: { kind: 'int', low: 1, high: 3 } },
      sampler: { name: 'grid' },
    })
    expect(study.state.ended).toBe('every point of the space has been tried')
  })
})
