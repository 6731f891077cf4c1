import { describe, expect, it } from 'vitest'
import type { StudySpec } from '../journal/event.js'
import { memoryStore } from '../journal/memory-store.js'
import { rng } from '../numerics/rng.js'
import type { Params, Space } from '../space/distribution.js'
import { openStudy } from '../study/open-study.js'
import { partialDependence } from './partial-dependence.js'

const space: Space = {
  lr: { kind: 'float', low: 1e-5, high: 0.1, log: true },
  batch: { kind: 'int', low: 16, high: 64, step: 16 },
  optimizer: { kind: 'categorical', choices: ['adam', 'sgd'] },
  momentum: { kind: 'float', low: 0, high: 1, when: { optimizer: ['sgd'] } },
}

/** Additive in all but the branch, so that each partial dependence is known up to a constant. */
const ofLr = (lr: number) => 0.2 * (Math.log10(lr) + 3) ** 2
const ofMomentum = (momentum: number) => (momentum - 0.8) ** 2
const loss = ({ lr, batch, optimizer, momentum }: Params) =>
  3 + ofLr(lr as number) + (batch as number) / 64 + (optimizer === 'sgd' ? 0.3 + ofMomentum(momentum as number) : 0)

async function studied(trials: number, { sign = 1, of = loss, noise = 0 } = {}) {
  const spec: StudySpec = {
    name: 's',
    space,
    objectives: [{ metric: 'loss', direction: sign === 1 ? 'minimize' : 'maximize' }],
    seed: 3,
    sampler: { name: 'qmc' },
    pruner: { name: 'none' },
    budget: {},
  }
  const study = await openStudy(memoryStore(), spec)
  const uniform = rng(11)
  for (let i = 0; i < trials; i++) {
    const trial = await study.ask()
    if (!trial) break
    const outcome = { state: 'complete', values: [sign * (of(trial.params) + noise * (uniform() - 0.5))] } as const
    await study.tell(trial.number, outcome)
  }
  return study.state
}

/** The largest difference between two curves, each about its own mean. */
function apart(a: readonly number[], b: readonly number[]): number {
  const centre = (xs: readonly number[]) => xs.map((x) => x - xs.reduce((sum, y) => sum + y, 0) / xs.length)
  const [p, q] = [centre(a), centre(b)]
  return Math.max(...p.map((x, i) => Math.abs(x - (q[i] as number))))
}

describe.each([
  ['gp', 80, 0.08],
  ['forest', 300, 0.4],
])('partial dependence by the %s', (model, trials, tolerance) => {
  const state = studied(trials)

  it('finds a curve along a log axis, in units of the objective', async () => {
    const found = partialDependence(await state, ['lr'])
    expect(found?.model).toBe(model)
    const { values, positions } = found?.axes[0] ?? { values: [], positions: [] }
    expect(values[0]).toBeCloseTo(1e-5, 12)
    expect(values.at(-1)).toBeCloseTo(0.1, 9)
    expect(positions[20]).toBeCloseTo(0.5, 6)
    expect(
      apart(
        found?.mean ?? [],
        values.map((lr) => ofLr(lr as number)),
      ),
    ).toBeLessThan(tolerance)
    expect(Math.min(...(found?.mean ?? []))).toBeGreaterThan(3)
  })

  it('describes a conditional parameter where it is active', async () => {
    const found = partialDependence(await state, ['momentum'])
    const truth = (found?.axes[0]?.values ?? []).map((momentum) => ofMomentum(momentum as number))
    expect(apart(found?.mean ?? [], truth)).toBeLessThan(tolerance)
  })

  it('has the choices of a parent, with the children they wake', async () => {
    const found = partialDependence(await state, ['optimizer'])
    expect(found?.axes[0]?.values).toEqual(['adam', 'sgd'])
    const [adam = 0, sgd = 0] = found?.mean ?? []
    // 0.3, and the mean of (m − 0.8)² over [0, 1]
    expect(sgd - adam).toBeGreaterThan(0.47 - tolerance)
    expect(sgd - adam).toBeLessThan(0.47 + tolerance)
  })

  it('is a grid of two, the last fastest', async () => {
    const found = partialDependence(await state, ['batch', 'lr'])
    const [batches, rates] = found?.axes ?? []
    expect(batches?.values).toEqual([16, 32, 48, 64])
    const truth = batches?.values.flatMap((batch) =>
      rates?.values.map((lr) => (batch as number) / 64 + ofLr(lr as number)),
    )
    expect(found?.mean.length).toBe(4 * 21)
    expect(apart(found?.mean ?? [], truth as number[])).toBeLessThan(1.5 * tolerance)
  })

  it('is turned over for an objective to be maximised', async () => {
    const [down, up] = [await state, await studied(trials, { sign: -1 })].map((each) => partialDependence(each, ['lr']))
    expect(up?.mean).toEqual(down?.mean.map((mean) => -mean))
    expect(up?.sd).toEqual(down?.sd)
  })
})

it('has a band that is wider where less is known', async () => {
  const state = await studied(60, { noise: 0.3 })
  const finished = state.finished.filter(({ params }) => (params.lr as number) < 1e-2)
  const found = partialDependence({ ...state, finished }, ['lr'])
  const [low, high] = [found?.sd[20] ?? 0, found?.sd.at(-1) ?? 0]
  expect(high).toBeGreaterThan(1.5 * low)
})

it('is not led astray by a run that diverged', async () => {
  const state = await studied(60, {
    of: (params) => (params.lr === undefined ? 0 : (params.lr as number) > 0.08 ? 1e9 : loss(params)),
  })
  const found = partialDependence(state, ['lr'])
  expect(found?.mean[20]).toBeLessThan(6)
})

it('gives the same answer to the same journal, and none where there is none', async () => {
  const state = await studied(20)
  expect(partialDependence(state, ['lr'])).toEqual(partialDependence(state, ['lr']))
  expect(partialDependence(await studied(7), ['lr'])).toBeUndefined()
  const asleep = state.finished.filter(({ params }) => params.momentum === undefined)
  expect(partialDependence({ ...state, finished: asleep }, ['momentum'])).toBeUndefined()
})

it('refuses names that are none, and a parameter twice', async () => {
  const state = await studied(1)
  expect(() => partialDependence(state, ['lrr'])).toThrow(
    'lrr: expected a parameter of the space, got an unknown name. did you mean lr?',
  )
  expect(() => partialDependence(state, ['lr', 'lr'])).toThrow(
    'partial dependence: expected one parameter or two different ones, got lr, lr',
  )
})
