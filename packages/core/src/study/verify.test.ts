import { describe, expect, it } from 'vitest'
import type { StudyEvent, StudySpec } from '../journal/event.js'
import { lineSpec } from '../journal/line-spec.contract.js'
import { memoryStore } from '../journal/memory-store.js'
import { rng } from '../numerics/rng.js'
import type { SamplerFactory } from '../samplers/sampler.js'
import { openStudy } from './open-study.js'
import { verify } from './verify.js'

const spec: StudySpec = lineSpec({
  seed: 3,
})

/** Suggests by the order in which trials finished and by what runs, as samplers may. */
const learner: SamplerFactory = () => {
  let seen = 0
  return {
    observe(finished) {
      for (const { number } of finished) seen = (seen * 31 + number + 1) % 997
    },
    suggest: (running, ask) => ({ params: { x: (ask.rng() + seen + running.length) / 1100 }, memo: [seen] }),
  }
}

/** Three workers that ask and tell in a random order; the trial they tell is one of those that run. */
async function journal(seed: number, sampler: SamplerFactory = learner): Promise<StudyEvent[]> {
  const store = memoryStore()
  const workers = await Promise.all([0, 1, 2].map(() => openStudy(store, spec, { sampler, now: () => 1 })))
  const dice = rng(seed)
  const strands = workers.map(async (study, index) => {
    for (let n = 0; n < 15; n++) {
      const running = [...study.state.running.keys()]
      const trial = running[Math.floor(dice() * running.length)]
      if (trial !== undefined && dice() < 0.5) await study.tell(trial, { state: 'complete', values: [dice()] })
      else await study.ask()
      if (n === 7 && index === 0) await study.enqueue({ x: 0.5 })
      if (n === 9 && index === 1) await openStudy(store, { ...spec, budget: { parallel: seed } })
    }
  })
  await Promise.all(strands)
  return [...(await store.read('s', 0))]
}

const changed = (events: readonly StudyEvent[], index: number, change: object): StudyEvent[] =>
  events.map((event, at) => (at === index ? ({ ...event, ...change } as StudyEvent) : event))

const starts = (events: readonly StudyEvent[]) =>
  events.flatMap((event, index) => (event.type === 'trial-started' ? [{ event, index }] : []))

describe('verify', () => {
  it('makes each suggestion of parallel workers again, from text too', async () => {
    for (let seed = 1; seed <= 20; seed++) {
      const events = await journal(seed)
      const again = JSON.parse(JSON.stringify(events)) as StudyEvent[]
      expect(verify(again, () => learner)).toEqual({ checked: starts(events).length, mismatches: [], foreign: [] })
      // not empty talk: trials were suggested on older versions than their own
      expect(starts(events).length).toBeGreaterThan(10)
    }
  })

  it('uses the sampler that the study names', async () => {
    const store = memoryStore()
    const study = await openStudy(store, spec)
    for (let n = 0; n < 3; n++) await study.ask()
    expect(verify(await store.read('s', 0))).toEqual({ checked: 3, mismatches: [], foreign: [] })
  })

  it('does not take suggestions of another release for wrong ones', async () => {
    const store = memoryStore()
    const study = await openStudy(store, spec)
    for (let n = 0; n < 3; n++) await study.ask()
    const events = await store.read('s', 0)
    const older = events.map((event) =>
      event.type === 'trial-started' && event.trial < 2 ? { ...event, sampler: 'random/0', params: { x: 0.5 } } : event,
    )
    const foreign = [0, 1].map((trial) => ({ trial, sampler: 'random/0' }))
    expect(verify(older)).toEqual({ checked: 1, mismatches: [], foreign })
  })

  it('finds a changed value, memo, seed and result', async () => {
    const events = await journal(1)
    const [first, second] = starts(events).filter(({ event }) => event.queued === undefined)
    if (!first || !second) throw new Error('no trials')
    const bad = (tampered: readonly StudyEvent[]) =>
      verify(tampered, () => learner).mismatches.map(({ trial }) => trial)
    expect(bad(changed(events, first.index, { params: { x: 0.123 } }))).toEqual([first.event.trial])
    expect(bad(changed(events, second.index, { memo: 'other' }))).toEqual([second.event.trial])
    expect(bad(changed(events, 0, { spec: { ...spec, seed: 4 } })).length).toBeGreaterThan(5)
    const finished = events.findIndex(({ type }) => type === 'trial-finished')
    expect(bad(events.filter((_, index) => index !== finished)).length).toBeGreaterThan(5)
  })

  it('tells the stored suggestion and the one made again', async () => {
    const events = await journal(2)
    const last = starts(events).at(-1)
    if (!last) throw new Error('no trials')
    const { trial, params, memo } = last.event
    expect(verify(changed(events, last.index, { params: { x: 0.5 } }), () => learner).mismatches).toEqual([
      {
        trial,
        stored: JSON.stringify([trial, { x: 0.5 }, memo ?? null, null]),
        again: JSON.stringify([trial, params, memo ?? null, null]),
      },
    ])
  })

  it('finds knowledge that nobody could have had', async () => {
    const events = await journal(3)
    const [, second] = starts(events)
    if (!second) throw new Error('no trials')
    const { index, event } = second
    for (const seen of [0, index + 1, 10_000]) {
      expect(verify(changed(events, index, { seen }), () => learner).mismatches[0]).toMatchObject({
        trial: event.trial,
        stored: `made on version ${seen}`,
      })
    }
  })
})
