import { expect, it } from 'vitest'
import type { StudySpec } from '../journal/event.js'
import { memoryStore } from '../journal/memory-store.js'
import type { Space } from '../space/distribution.js'
import { openStudy } from './open-study.js'
import { verify } from './verify.js'

const spec = (name: string, space: Space, sampler = 'gp'): StudySpec => ({
  name,
  space,
  objectives: [{ metric: 'loss', direction: 'minimize' }],
  seed: 5,
  sampler: { name: sampler },
  pruner: { name: 'none' },
  budget: {},
})
const x = { kind: 'float', low: 0, high: 1 } as const
const source: Space = { x, y: x }
const target: Space = { x, y: { kind: 'float', low: 0, high: 0.8 }, kind: { kind: 'categorical', choices: ['only'] } }
const loss = ({ x: a, y: b }: { x: number; y: number }) => (a - 0.7) ** 2 + (b - 0.2) ** 2

async function earlier() {
  const study = await openStudy(memoryStore(), spec('old', source, 'random'))
  for (let i = 0; i < 40; i++) {
    const trial = await study.ask()
    await study.tell(i, { state: 'complete', values: [loss(trial?.params as { x: number; y: number })] })
  }
  return study.state
}

it('tries the best settings of another study first, apart from one another', async () => {
  const state = await earlier()
  const store = memoryStore()
  const study = await openStudy(store, spec('new', target), { from: [{ state }] })
  const tried = []
  for (let i = 0; i < 6; i++) tried.push((await study.ask())?.params as { x: number; y: number; kind: string })
  const best = state.finished
    .map(({ params }) => params as { x: number; y: number })
    .filter(({ y }) => y <= 0.8)
    .toSorted((a, b) => loss(a) - loss(b))
  expect(tried[0]).toEqual({ ...best[0], kind: 'only' })
  expect(study.state.queueTaken).toBe(5)
  for (const [i, a] of tried.slice(0, 5).entries()) {
    for (const b of tried.slice(0, i))
      expect(Math.max(Math.abs(a.x - b.x), Math.abs(a.y - b.y) / 0.8)).toBeGreaterThan(0.05)
  }
  // it is the beginning of a study, not of every later opening
  expect((await openStudy(store, spec('new', target), { from: [{ state }] })).state.queue).toHaveLength(5)
})

it('counts comparable results as its own observations, not as its trials', async () => {
  const state = await earlier()
  const store = memoryStore()
  const study = await openStudy(store, spec('new', target), { from: [{ state, comparable: true }] })
  expect(study.state.trials).toEqual([])
  expect(study.state.imported.length).toBeGreaterThan(20)
  const trial = await study.ask()
  expect(loss(trial?.params as { x: number; y: number })).toBeLessThan(0.01)
  expect(study.state.best).toBeUndefined()
  expect(verify(await store.read('new', 0)).mismatches).toEqual([])
})
