import { describe, expect, it } from 'vitest'
import type { StudySpec } from '../journal/event.js'
import { lineSpec } from '../journal/line-spec.contract.js'
import { memoryStore } from '../journal/memory-store.js'
import { emptyState, type StudyState } from '../journal/state.js'
import { rng } from '../numerics/rng.js'
import { openStudy } from '../study/open-study.js'
import { gain, lastJudgement } from './gain.js'

const spec: StudySpec = lineSpec({
  budget: { gain: 0.01 },
})

/** Random search on a bowl; `sign` −1 to maximise it turned over. */
async function searched(trials: number, budget: StudySpec['budget'], sign = 1, width = 1) {
  const direction = sign === 1 ? ('minimize' as const) : ('maximize' as const)
  const study = await openStudy(memoryStore(), { ...spec, budget, objectives: [{ metric: 'loss', direction }] })
  const uniform = rng(7)
  for (let i = 0; i < trials; i++) {
    const trial = await study.ask()
    if (!trial) break
    await study.tell(trial.number, { state: 'complete', values: [sign * width * (uniform() - 0.4) ** 2] })
  }
  return study
}

describe('the rule on the expected gain', () => {
  it.each([1, -1])(
    'ends a study that cannot get much better, at a judgement, with its reason (sign %d)',
    async (sign) => {
      const { state } = await searched(200, { gain: 0.01 }, sign)
      expect(state.ended).toBe('20 more trials are expected to improve the best by less than 0.01')
      expect(state.finished.length).toBeGreaterThanOrEqual(30)
      expect(state.finished.length).toBe(lastJudgement(state.finished.length))
    },
  )

  it('judges twice in a row, from 30 trials on', async () => {
    // nothing differs, so that each judgement says stop
    expect((await searched(60, { gain: 0.01 }, 1, 0)).state.finished).toHaveLength(35)
  })

  it('goes on where less is asked for', async () => {
    const { state } = await searched(60, { gain: 1e-9 })
    expect(state.ended).toBeUndefined()
  })

  it('says the same again of a journal read anew, and of another spec what holds there', async () => {
    const { state } = await searched(60, {})
    const of = (budget: StudySpec['budget']): StudyState => ({
      ...emptyState(),
      spec: { ...spec, budget },
      finished: [...state.finished],
    })
    const one = of({ gain: 0.01 })
    expect(gain(one)).toBeDefined()
    expect(gain(one)).toBe(gain(of({ gain: 0.01 })))
    expect(gain({ ...one, spec: { ...spec, budget: { gain: 1e-9 } } })).toBeUndefined()
  })

  it('has nothing to say of several objectives, and of fewer than 30 complete trials', async () => {
    const { state } = await searched(29, {})
    expect(gain({ ...state, spec: { ...spec, budget: { gain: 1e9 } } })).toBeUndefined()
    const objectives = [...spec.objectives, { metric: 'b', direction: 'minimize' as const }]
    const longer = (await searched(60, {})).state
    expect(gain({ ...longer, spec: { ...spec, objectives, budget: { gain: 1e9 } } })).toBeUndefined()
  })
})

it('is judged at 5, 10, … and then every 20th part', () => {
  expect([0, 4, 5, 9, 99, 100, 104, 105, 109, 110, 10_000].map(lastJudgement)).toEqual([
    0, 0, 5, 5, 95, 100, 100, 105, 105, 110, 9857,
  ])
})
