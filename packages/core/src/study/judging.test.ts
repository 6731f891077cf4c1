import { describe, expect, it } from 'vitest'
import { checkHistory } from '../journal/check-history.js'
import type { Named, StudyEvent, StudySpec, Verdict } from '../journal/event.js'
import { lineSpec } from '../journal/line-spec.contract.js'
import { memoryStore } from '../journal/memory-store.js'
import { fold } from '../journal/state.js'
import { rng } from '../numerics/rng.js'
import { judging } from './judging.js'
import { openStudy } from './open-study.js'
import type { Study } from './study.js'
import { verify } from './verify.js'

const specOf = (pruner: Named, more: Partial<StudySpec> = {}): StudySpec =>
  lineSpec({
    pruner,
    budget: { trials: 60 },
    ...more,
  })

const STEPS = 9

it('gives whoever can go on with it the trial that was paused, says why it was, and knows what an attempt may end', async () => {
  const study = await openStudy(
    memoryStore(),
    specOf({ name: 'asha', minStep: 1, eta: 2, promote: true, letThrough: 0 }),
  )
  expect(await study.ask({ pauses: true })).toMatchObject({ number: 0, attempt: 1 })
  expect([await study.pause(0), study.reason(0)]).toEqual([false, undefined])
  expect(await study.report(0, 1, { loss: 1 })).toBe('pause')
  expect(study.reason(0)).toBe('step 1: place 1 of 1 at rung 0, 0 go on')
  expect([await study.pause(0, 2), await study.pause(0), await study.pause(0)]).toEqual([false, true, false])
  expect(await study.ask({ pauses: true })).toMatchObject({ number: 1, attempt: 1 })
  expect(await study.report(1, 1, { loss: 2 })).toBe('pause')
  await study.pause(1)
  // it is the better half now: for those alone who can go on
  const params = study.state.trials[0]?.params
  expect((await study.ask())?.number).toBe(2)
  expect(await study.ask({ pauses: true })).toEqual({ number: 0, params, attempt: 2 })
  expect(study.reason(0)).toBeUndefined()
})

/** What a runner does: `parallel` trials at a time, a step of one after the other; pauses and promotions carried out. */
async function runAll(study: Study, parallel: number, reopened?: () => Promise<Study>): Promise<Study> {
  let on = study
  const uniform = rng(5)
  const moment = rng(6)
  const steps = new Map<number, number>()
  const running: number[] = []
  for (;;) {
    while (running.length < parallel) {
      const next = (await on.ask({ pauses: true }))?.number
      if (next === undefined) break
      await on.launched(next, on.state.trials[next]?.attempts.length ?? 1, null)
      running.push(next)
    }
    if (running.length === 0) return on
    const trial = running[Math.floor(uniform() * running.length)]!
    const { params, attempts } = on.state.trials[trial]!
    const step = (steps.get(trial) ?? 0) + 1
    steps.set(trial, step)
    const loss = (params['x'] as number) + Math.exp(-step / 3)
    const target = on.targetStep(trial)
    const verdict: Verdict = await on.report(trial, step, { loss })
    // where it was said that it would be compared, it is
    if (target !== undefined && verdict !== 'continue') expect(step).toBe(target)
    if (reopened && moment() < 0.1) on = await reopened()
    if (verdict === 'continue' && step < STEPS) continue
    running.splice(running.indexOf(trial), 1)
    if (verdict === 'pause') expect(await on.pause(trial, attempts.length)).toBe(true)
    else if (verdict === 'prune')
      await on.tell(trial, { state: 'pruned', reason: on.state.trials[trial]?.judged?.reason ?? '' })
    else await on.tell(trial, { state: 'complete', values: [loss] })
  }
}

describe.each<Named>([
  { name: 'median' },
  { name: 'asha', maxStep: STEPS },
  { name: 'asha', maxStep: STEPS, promote: true },
  { name: 'hyperband', maxStep: STEPS, promote: true },
])('a study with %o', (pruner) => {
  it('stops most of what is bad, in fewer steps, and its journal is lawful and can be made again', async () => {
    const store = memoryStore()
    const study = await runAll(await openStudy(store, specOf(pruner)), 4)
    const events = await store.read('s', 0)
    expect(checkHistory(events)).toEqual([])
    expect(verify(events)).toMatchObject({ mismatches: [], foreign: [] })
    const steps = study.state.trials.reduce((sum, { reports }) => sum + reports.length, 0)
    expect(steps).toBeLessThan(0.8 * 60 * STEPS)
    expect(study.state.finished).toHaveLength(60)
    expect(study.state.ended).toBe('60 trials done')
    const best = Math.min(...study.state.trials.map(({ params }) => params['x'] as number))
    expect(study.state.best?.trial.params['x']).toBeLessThan(best + 0.1)
  })

  it('goes on after a reopening at any point as if nothing had happened', async () => {
    const stores = [memoryStore(), memoryStore()] as const
    const spec = specOf(pruner)
    const open = (index: 0 | 1) => openStudy(stores[index], spec, { now: () => 0 })
    await runAll(await open(0), 3)
    await runAll(await open(1), 3, () => open(1))
    expect(await stores[1].read('s', 0)).toEqual(await stores[0].read('s', 0))
  })
})

it('a verdict that was changed or left out is found by verify', async () => {
  const store = memoryStore()
  await runAll(await openStudy(store, specOf({ name: 'asha', maxStep: STEPS, letThrough: 0 })), 2)
  const events = await store.read('s', 0)
  const at = events.findIndex(({ type }) => type === 'trial-judged')
  const changed = events.with(at, { ...(events[at] as StudyEvent & { type: 'trial-judged' }), reason: 'because' })
  expect(verify(changed).mismatches).toHaveLength(1)
  const said = events.findIndex(
    ({ type }, i) => i > 100 && type === 'trial-reported' && events[i + 1]?.type !== 'trial-judged',
  )
  const { trial, attempt } = events[said] as StudyEvent & { type: 'trial-reported' }
  const added: StudyEvent = { at: 0, type: 'trial-judged', trial, attempt, step: 1, verdict: 'prune', reason: 'no' }
  expect(verify(events.toSpliced(said + 1, 0, added)).mismatches.length).toBeGreaterThan(0)
})

it('about the share that is let through goes on, once, and to its end', async () => {
  const store = memoryStore()
  const spec = specOf({ name: 'asha', maxStep: STEPS, letThrough: 0.3 }, { budget: { trials: 400 } })
  const { trials } = (await runAll(await openStudy(store, spec), 4)).state
  const judged = trials.filter((trial) => trial.judged)
  const spared = judged.filter((trial) => trial.judged?.verdict === 'spare')
  expect(spared.every((trial) => trial.state === 'complete')).toBe(true)
  // 0.3 ± 4 standard errors of some 300 draws
  expect(Math.abs(spared.length / judged.length - 0.3)).toBeLessThan(4 * Math.sqrt(0.21 / judged.length))
})

it('if no trial got to its end before the budget was spent, the best paused one goes on', async () => {
  const store = memoryStore()
  const spec = specOf({ name: 'asha', maxStep: STEPS, promote: true, letThrough: 0 }, { budget: { trials: 2 } })
  const { state } = await runAll(await openStudy(store, spec), 2)
  expect(state.finished.map((trial) => trial.state).sort()).toEqual(['complete', 'pruned'])
  expect(state.best?.trial.params['x']).toBe(Math.min(...state.trials.map(({ params }) => params['x'] as number)))
})

it('watches another metric than the objective, in its own direction', async () => {
  const store = memoryStore()
  const spec = specOf({ name: 'asha', metric: 'accuracy', direction: 'maximize', letThrough: 0 })
  const study = await openStudy(store, spec)
  for (const accuracy of [0.9, 0.1]) {
    const trial = await study.ask()
    await study.report(trial?.number ?? 0, 1, { accuracy, loss: 1 - accuracy })
  }
  expect([study.verdict(0), study.verdict(1), study.verdict(7)]).toEqual(['continue', 'prune', 'ended'])
})

it('loses no verdict when another process appends first, and gives none twice', async () => {
  const store = memoryStore()
  const spec = specOf({ name: 'asha', letThrough: 0 })
  const studies = await Promise.all([0, 1, 2].map(() => openStudy(store, spec)))
  await Promise.all(
    studies.map(async (study, k) => {
      for (let i = 0; i < 10; i++) {
        const trial = (await study.ask())?.number ?? 0
        for (const step of [1, 3, 9]) if ((await study.report(trial, step, { loss: k + i / 10 })) !== 'continue') break
        await study.tell(trial, { state: 'complete', values: [k + i / 10] })
      }
    }),
  )
  const events = await store.read('s', 0)
  expect(checkHistory(events)).toEqual([])
  expect(verify(events).mismatches).toEqual([])
  expect(fold(events).finished).toHaveLength(30)
})

it('judges each step once, in whatever order steps come, and the first value stands', () => {
  const follow = judging().follow
  const report = (...reports: (readonly [step: number, loss: number])[]) =>
    follow({
      at: 0,
      type: 'trial-reported',
      trial: 0,
      attempt: 1,
      reports: reports.map(([step, loss]) => ({ at: 0, step, metrics: { loss } })),
    })
  follow({ at: 0, type: 'study-created', spec: specOf({ name: 'threshold', upper: 1, letThrough: 0 }) })
  follow({ at: 0, type: 'trial-started', trial: 0, params: { x: 0.5 }, seen: 1, worker: 'w' })
  expect(report([0, 0], [5, 0], [3, 0])).toBeUndefined()
  expect(report([3, 9], [5, 9], [0, 9])).toBeUndefined()
  expect(report([4, 0], [6, 0])).toBeUndefined()
  expect(report([4, 9], [6, 9])).toBeUndefined()
  expect(report([2, 9])).toMatchObject({ verdict: 'prune', step: 2 })
})

it('judges trials of very many reports', () => {
  const follow = judging().follow
  const reports = Array.from({ length: 200_000 }, (_, step) => ({ at: 0, step, metrics: { loss: step } }))
  follow({ at: 0, type: 'study-created', spec: specOf({ name: 'median', startupTrials: 1, letThrough: 0 }) })
  for (const trial of [0, 1]) {
    follow({ at: 0, type: 'trial-started', trial, params: { x: 0.5 }, seen: 1, worker: 'w' })
    const losses = trial === 0 ? reports : reports.map((report) => ({ ...report, metrics: { loss: -report.step } }))
    expect(follow({ at: 0, type: 'trial-reported', trial, attempt: 1, reports: losses })).toBeUndefined()
    follow({ at: 0, type: 'trial-finished', trial, outcome: { state: 'complete', values: [0] } })
  }
})
