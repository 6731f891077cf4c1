import { expect, test } from 'vitest'
import type { Named, StudySpec } from '../journal/event.js'
import { memoryStore } from '../journal/memory-store.js'
import { activeTrials, type TrialRecord } from '../journal/state.js'
import { openStudy } from '../study/open-study.js'
import type { Study } from '../study/study.js'
import { verify } from '../study/verify.js'
import { deep, mixedOutcome, objective } from './contract-spaces.contract.js'
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

// pbt brings a pruner of its own
const others = [...named.filter(({ name }) => name !== 'pbt'), { name: 'gp', curves: true }]

test.each(others)(
  'a study whose trials are paused, promoted and stopped on the way is verified: %j',
  async (sampler) => {
    const store = memoryStore()
    const spec: StudySpec = {
      name: 'rungs',
      space: deep,
      objectives: [{ metric: 'loss', direction: 'minimize' }],
      seed: 9,
      sampler,
      pruner: { name: 'asha', minStep: 1, maxStep: 9, promote: true },
      budget: { trials: 30 },
    }
    let study = await openStudy(store, spec)
    for (let turn = 0; study.state.ended === undefined; turn++) {
      if (turn % 23 === 11) study = await openStudy(store, spec)
      if (activeTrials(study.state).length < 3) await study.ask({ pauses: true })
      const active = activeTrials(study.state)
      const trial = active[turn % Math.max(1, active.length)]
      if (trial) await goOn(study, trial)
      else await study.settle()
    }
    const events = await store.read('rungs', 0)
    const counted = (type: string) => events.filter((event) => event.type === type).length
    expect(counted('trial-paused')).toBeGreaterThan(10)
    expect(counted('trial-promoted')).toBeGreaterThan(1)
    const checked = counted('trial-started') + counted('trial-judged')
    expect(verify(events)).toEqual({ checked, mismatches: [], foreign: [] })
  },
)

/** One step further, and what follows from it. */
async function goOn(study: Study, { number, params, reports, attempts }: TrialRecord): Promise<void> {
  const step = reports.length + 1
  const loss = objective(params) + (number % 5) / step
  const verdict = await study.report(number, step, { loss })
  if (step === 9) await study.tell(number, { state: 'complete', values: [loss] })
  else if (verdict === 'pause') await study.pause(number, attempts.at(-1)?.number ?? 1)
  else if (verdict === 'prune') await study.tell(number, { state: 'pruned', reason: '' })
}

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
