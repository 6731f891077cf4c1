import { describe, expect, it } from 'vitest'
import type { Outcome, StudySpec } from '../journal/event.js'
import { memoryStore } from '../journal/memory-store.js'
import { fold } from '../journal/state.js'
import type { Store } from '../journal/store.js'
import type { SamplerFactory } from '../samplers/sampler.js'
import { mixedSpec as spec } from './mixed-spec.contract.js'
import { openStudy } from './open-study.js'

const within = (budget: StudySpec['budget']): StudySpec => ({ ...spec, budget })
const complete = (value: number): Outcome => ({ state: 'complete', values: [value] })
const range = (count: number) => Array.from({ length: count }, (_, index) => index)
const types = async (store: Store) => (await store.read('s', 0)).map(({ type }) => type)

describe('budgets', () => {
  it('hands out exactly as many trials as there are, whoever asks', async () => {
    const store = memoryStore()
    const studies = await Promise.all(range(5).map(() => openStudy(store, within({ trials: 7 }))))
    const asked = await Promise.all(studies.flatMap((study) => range(4).map(() => study.ask())))
    expect(asked.flatMap((trial) => trial?.number ?? []).sort()).toEqual(range(7))
    expect(asked.filter((trial) => trial === undefined)).toHaveLength(13)
  })

  it('ends the study when the last trial has finished, and not before', async () => {
    const study = await openStudy(memoryStore(), within({ trials: 2 }))
    await study.ask()
    await study.ask()
    await study.tell(1, complete(1))
    expect(study.state.ended).toBeUndefined()
    await study.tell(0, complete(2))
    expect(study.state.ended).toBe('2 trials done')
    expect(await study.settle()).toBe('2 trials done')
  })

  it('ends at the target, in either direction', async () => {
    for (const [direction, value] of [
      ['minimize', 0.5],
      ['maximize', 0.7],
    ] as const) {
      const study = await openStudy(memoryStore(), {
        ...within({ target: 0.6 }),
        objectives: [{ metric: 'loss', direction }],
      })
      await study.ask()
      await study.ask()
      await study.ask()
      await study.tell(0, complete(direction === 'minimize' ? 0.7 : 0.5))
      expect(study.state.ended).toBeUndefined()
      await study.tell(1, { state: 'complete', values: [value], constraints: [1] })
      expect(study.state.ended).toBeUndefined()
      await study.tell(2, complete(value))
      expect(study.state.ended).toBe('target 0.6 reached')
      expect(await study.ask()).toBeUndefined()
    }
  })

  it('ends when nothing better has come for long', async () => {
    const study = await openStudy(memoryStore(), within({ patience: 3 }))
    for (const value of [3, 2, 2, 5]) await study.tell((await study.ask())?.number ?? -1, complete(value))
    expect(study.state.ended).toBeUndefined()
    await study.ask()
    await study.tell(4, { state: 'failed', cause: 'exit', message: '' })
    expect(study.state.ended).toBe('no better trial among the last 3')
  })

  it('counts the time in which trials ran: neither pauses between them nor the wait for another attempt', async () => {
    let clock = 1000
    const store = memoryStore()
    const study = await openStudy(store, within({ seconds: 10 }), { now: () => clock })
    const after = (milliseconds: number) => {
      clock += milliseconds
    }
    await study.ask()
    await study.launched(0, 1, null)
    after(4000)
    await study.retry(0, { cause: 'killed', message: 'Ctrl-C', fault: 'infrastructure' })
    after(1_000_000)
    await study.launched(0, 2, null)
    after(3000)
    await study.tell(0, complete(1))
    after(1_000_000)
    await study.ask()
    expect(study.state.busyMilliseconds).toBe(7000)
    after(3000)
    await study.tell(1, complete(1))
    expect(study.state.ended).toBe('time budget of 10 s spent')
    expect(await study.ask()).toBeUndefined()
  })

  it('ends when the sampler has nothing left and nothing runs', async () => {
    const two: SamplerFactory = () => ({
      observe() {},
      suggest: (_, { number }) => (number < 2 ? { params: { x: number, kind: 'a' } } : undefined),
    })
    const study = await openStudy(memoryStore(), spec, { sampler: two })
    await study.ask()
    await study.ask()
    await study.tell(0, complete(1))
    expect(await study.ask()).toBeUndefined()
    expect(study.state.ended).toBeUndefined()
    await study.tell(1, complete(1))
    expect(await study.ask()).toBeUndefined()
    expect(study.state.ended).toBe('every point of the space has been tried')
  })
})

describe('tell', () => {
  it('counts once: a late worker is told so', async () => {
    const store = memoryStore()
    const study = await openStudy(store, spec)
    await study.ask()
    expect(await Promise.all([study.tell(0, complete(1)), study.tell(0, complete(2))])).toEqual([true, false])
    expect(await study.tell(5, complete(1))).toBe(false)
    expect(study.state.finished.map(({ outcome }) => outcome)).toEqual([complete(1)])
    expect(await types(store)).toEqual(['study-created', 'trial-started', 'trial-finished'])
  })

  it('takes what is not a number for a failure', async () => {
    const study = await openStudy(memoryStore(), spec)
    for (const _ of range(3)) await study.ask()
    await study.tell(0, complete(Number.NaN))
    await study.tell(1, complete(Number.NEGATIVE_INFINITY))
    await study.tell(2, { state: 'complete', values: [1], constraints: [Number.NaN] })
    expect(study.state.finished.map(({ outcome }) => outcome)).toEqual([
      { state: 'failed', cause: 'nan', message: 'the result was NaN' },
      { state: 'failed', cause: 'nan', message: 'the result was -Infinity' },
      { state: 'failed', cause: 'nan', message: 'the result was NaN' },
    ])
    expect(study.state.best).toBeUndefined()
  })

  it('refuses a wrong number of values without disturbing others that are told at the same time', async () => {
    const study = await openStudy(memoryStore(), spec)
    for (const _ of range(2)) await study.ask()
    const [first, wrong, second] = await Promise.allSettled([
      study.tell(0, complete(1)),
      study.tell(1, { state: 'complete', values: [1, 2] }),
      study.tell(1, complete(3)),
    ])
    expect([first, second]).toEqual([
      { status: 'fulfilled', value: true },
      { status: 'fulfilled', value: true },
    ])
    expect(wrong).toMatchObject({ reason: { code: 'tell/values', message: 'tell: expected 1 value(s), got 2' } })
  })
})

describe('report', () => {
  it('keeps what is not a number by its name', async () => {
    const store = memoryStore()
    const study = await openStudy(store, spec, { now: () => 5 })
    await study.ask()
    expect(await study.report(0, 1, { loss: Number.NaN, gain: Number.POSITIVE_INFINITY, lr: 0.5 })).toBe('continue')
    expect(fold(await store.read('s', 0)).trials[0]?.reports).toEqual([
      { at: 5, step: 1, attempt: 1, metrics: { loss: 'NaN', gain: 'Infinity', lr: 0.5 } },
    ])
  })

  it('is not recorded once the trial has finished, or for an attempt that is over', async () => {
    const store = memoryStore()
    const study = await openStudy(store, spec)
    await study.ask()
    await study.retry(0, { cause: 'lost', message: '', fault: 'infrastructure' })
    const reports = [{ at: 1, step: 1, metrics: { loss: 1 } }]
    expect(await study.reportAll(0, 1, reports)).toBe('ended')
    expect(await study.reportAll(0, 2, [])).toBe('continue')
    expect(await study.reportAll(0, 2, [], { offset: 9 })).toBe('continue')
    expect(study.state.trials[0]?.cursor).toEqual({ offset: 9 })
    await study.tell(0, complete(1))
    expect(await study.reportAll(0, 2, reports)).toBe('ended')
    expect(study.state.trials[0]?.reports).toEqual([])
  })
})

describe('attempts', () => {
  it('are launched once each, and retried once each', async () => {
    const study = await openStudy(memoryStore(), spec)
    await study.ask()
    const why = { cause: 'lost', message: 'gone', fault: 'infrastructure', notBefore: 7 } as const
    expect(await study.launched(0, 2, null)).toBe(false)
    expect(await study.launched(0, 1, { pid: 1 })).toBe(true)
    expect(await study.launched(0, 1, { pid: 2 })).toBe(false)
    expect(await Promise.all([study.retry(0, why, 1), study.retry(0, why, 1)])).toEqual([true, false])
    expect(study.state.trials[0]).toMatchObject({
      state: 'waiting',
      attempts: [
        { number: 1, handle: { pid: 1 }, cause: 'lost', message: 'gone', fault: 'infrastructure' },
        { number: 2, notBefore: 7 },
      ],
    })
    await study.tell(0, complete(1))
    expect(await study.retry(0, why)).toBe(false)
  })
})

describe('decisions about different trials', () => {
  it('share an append', async () => {
    const store = memoryStore()
    const versions: number[] = []
    const counted: Store = {
      ...store,
      append(study, version, events) {
        versions.push(version)
        return store.append(study, version, events)
      },
    }
    const study = await openStudy(counted, spec)
    for (const _ of range(10)) await study.ask()
    versions.length = 0
    await Promise.all(range(10).map((trial) => study.report(trial, 1, { loss: trial })))
    await Promise.all(range(10).map((trial) => study.tell(trial, complete(trial))))
    expect(versions).toEqual([11, 21])
    expect(study.state.finished.map((trial) => [trial.number, trial.reports.length])).toEqual(
      range(10).map((n) => [n, 1]),
    )
  })

  it('each hear of a store that fails, and may try again', async () => {
    const store = memoryStore()
    let isFull = false
    const failing: Store = {
      ...store,
      append: (study, version, events) =>
        isFull ? Promise.reject(new Error('full')) : store.append(study, version, events),
    }
    const study = await openStudy(failing, spec)
    for (const _ of range(2)) await study.ask()
    isFull = true
    const told = await Promise.allSettled([study.tell(0, complete(1)), study.tell(1, complete(2))])
    expect(told.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    isFull = false
    expect(await Promise.all([study.tell(0, complete(1)), study.tell(1, complete(2))])).toEqual([true, true])
  })
})

describe('resume', () => {
  it('takes back a stop, but not the end of a budget', async () => {
    const store = memoryStore()
    const study = await openStudy(store, within({ trials: 1 }))
    expect(await study.resume()).toBe(true)
    const stop = () =>
      study.commit(() => ({ events: [{ type: 'study-stop-requested', by: 'me', now: true }], result: undefined }))
    await stop()
    expect(await study.ask()).toBeUndefined()
    expect(await study.resume()).toBe(true)
    await study.ask()
    await study.tell(0, complete(1))
    expect(await study.resume()).toBe(false)
    expect(study.state.ended).toBe('1 trial done')
    expect((await types(store)).filter((type) => type === 'study-resumed')).toHaveLength(1)
  })
})
