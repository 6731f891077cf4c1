import { expect, it } from 'vitest'
import { checkHistory } from '../journal/check-history.js'
import type { StudySpec } from '../journal/event.js'
import { lineSpec } from '../journal/line-spec.contract.js'
import { memoryStore } from '../journal/memory-store.js'
import { samplerNames } from '../samplers/registry.js'
import { checkParams } from '../space/check.js'
import type { Space } from '../space/distribution.js'
import { findStudy, openStudy } from './open-study.js'
import type { Study } from './study.js'
import { verify } from './verify.js'

const first: Space = {
  x: { kind: 'float', low: 0, high: 1 },
  kind: { kind: 'categorical', choices: ['a', 'b'] },
  n: { kind: 'int', low: 1, high: 9, when: { kind: ['b'] } },
}
/** Narrowed, widened, a choice more, a parameter more, a parameter less. */
const later: readonly Space[] = [
  { ...first, x: { kind: 'float', low: 0.1, high: 0.6 } },
  { ...first, x: { kind: 'float', low: -1, high: 2 } },
  { ...first, kind: { kind: 'categorical', choices: ['a', 'b', 'c'] }, y: { kind: 'float', low: 0, high: 1 } },
  { x: first['x'] as never },
]
const spec: StudySpec = lineSpec({
  space: first,
  seed: 3,
  earlier: { y: 0.5 },
})
const edited = samplerNames.filter((name) => name !== 'grid' && name !== 'qmc')

async function work(study: Study, count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    const trial = await study.ask()
    if (!trial) throw new Error('no trial')
    checkParams(study.spec.space, trial.params)
    const { x, y = 0.5 } = trial.params as { x: number; y?: number }
    await study.tell(trial.number, { state: 'complete', values: [(x - 0.4) ** 2 + (y - 0.5) ** 2] })
  }
}

it.each(edited)(
  '%s goes on in an edited space, and every suggestion can be made again',
  async (name) => {
    const store = memoryStore()
    const options = name === 'pbt' ? { interval: 1, population: 100 } : {}
    const now = { ...spec, sampler: { name, ...options } }
    await work(await openStudy(store, now), 15)
    for (const space of later) {
      // the one that runs learns of it as another process would
      const running = await findStudy(store, 's')
      await openStudy(store, { ...now, space })
      await running.sync()
      await work(running, 8)
    }
    const events = await store.read('s', 0)
    expect(checkHistory(events)).toEqual([])
    expect(verify(events)).toMatchObject({ checked: 15 + 4 * 8, mismatches: [], foreign: [] })
  },
  60_000,
)

it('keeps what was learned: after a narrowing the model speaks at once, and does not start up again', async () => {
  const store = memoryStore()
  const study = await openStudy(store, { ...spec, sampler: { name: 'gp' } })
  await work(study, 30)
  await openStudy(store, { ...spec, sampler: { name: 'gp' }, space: later[0] as Space })
  await study.sync()
  await study.ask()
  const [begun, goesOn] = [0, 30].map((trial) => study.state.trials[trial]?.memo)
  expect([begun, goesOn]).toEqual([undefined, expect.objectContaining({ forecasts: expect.anything() })])
})

it('refuses an edit that queued trials do not fit', async () => {
  const store = memoryStore()
  const study = await openStudy(store, spec)
  await study.enqueue({ x: 0.9 })
  await expect(openStudy(store, { ...spec, space: later[0] as Space })).rejects.toThrow(
    'study s: expected the queued trials to fit the edited space: x: expected a value of uniform(0.1, 0.6), got 0.9. let them run first, or keep their values in the space',
  )
})
