import { expect, test } from 'vitest'
import type { Named, StudySpec } from '../journal/event.js'
import { memoryStore } from '../journal/memory-store.js'
import { openStudy } from '../study/open-study.js'
import { verify } from '../study/verify.js'
import { deep, mixedOutcome } from './contract-spaces.contract.js'
import { samplerByName, samplerNames } from './registry.js'

/** Every sampler, with the options it cannot do without. */
const named: readonly Named[] = samplerNames.map((name) =>
  name === 'pbt' ? { name, interval: 1, population: 40 } : { name },
)

test.each([...named, { name: 'tpe', compat: 'hyperopt' }])(
  'a study that names %j is verified from its journal alone',
  async (sampler) => {
    const store = memoryStore()
    const spec: StudySpec = {
      name: 'named',
      space: deep,
      objectives: [{ metric: 'loss', direction: 'maximize' }],
      seed: 6,
      sampler,
      pruner: { name: 'none' },
      budget: { trials: 30 },
    }
    let study = await openStudy(store, spec)
    for (let asked = await study.ask(); asked; asked = await study.ask()) {
      if (asked.number % 7 === 3) study = await openStudy(store, spec)
      const [oldest] = study.state.running.values()
      if (oldest && study.state.running.size > 2)
        await study.tell(oldest.number, mixedOutcome()(oldest.params, oldest.number))
    }
    expect(verify(await store.read('named', 0))).toEqual({ checked: 30, mismatches: [], foreign: [] })
  },
)

test('an unknown name is refused with what there is', () => {
  expect(() => samplerByName({ name: 'bayes' })).toThrow(
    `sampler: expected one of ${samplerNames.join(', ')}, got "bayes"`,
  )
})

test('options a sampler does not have are refused', () => {
  expect(() => samplerByName({ name: 'random', seed: 3 })).toThrow(
    'sampler random: expected one of its options, got "seed". it has none',
  )
})
