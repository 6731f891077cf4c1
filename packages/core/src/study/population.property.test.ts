import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkHistory } from '../journal/check-history.js'
import type { StudySpec } from '../journal/event.js'
import { lineSpec } from '../journal/line-spec.contract.js'
import { lineageOf, parentOf, segmentsOf } from '../journal/lineage.js'
import { memoryStore } from '../journal/memory-store.js'
import type { TrialRecord } from '../journal/state.js'
import { rng } from '../numerics/rng.js'
import { openStudy } from './open-study.js'
import type { Study } from './study.js'
import { verify } from './verify.js'

const STEPS = 30
const POPULATION = 6

const spec: StudySpec = lineSpec({
  space: {
    lr: { kind: 'float', low: 0.01, high: 1, log: true },
    kind: { kind: 'categorical', choices: ['a', 'b'] },
    deep: { kind: 'int', low: 1, high: 9, when: { kind: ['b'] } },
  },
  seed: 4,
  sampler: { name: 'pbt', population: POPULATION, interval: 5, maxStep: STEPS, quantile: 0.34, mutate: ['lr', 'deep'] },
})

interface Model {
  step: number
  loss: number
  /** Which trial did each step. */
  line: readonly number[]
}

interface Playing {
  readonly open: () => Promise<Study>
  readonly slots: number
  readonly seed: number
  /** The chance that a report is followed by a new process that knows the journal alone. */
  readonly reopens: number
  /** The chance that a report is followed by the failure of its trial. */
  readonly fails: number
  /** Steps that a trial goes on after it was told to end: verdicts take their time. */
  readonly lag?: number
  /** What the trials train, by number. */
  readonly models?: Map<number, Model>
}

/** What a runner does, with models that are forked as checkpoints are. */
async function play({ open, slots, seed, reopens, fails, lag = 0, models = new Map() }: Playing): Promise<Study> {
  let on = await open()
  const [order, moment, luck] = [rng(seed, 1), rng(seed, 2), rng(seed, 3)]
  const running: number[] = []
  const told = new Map<number, number>()
  for (;;) {
    while (running.length < slots) {
      const next = (await on.ask({ pauses: true }))?.number
      if (next === undefined) break
      const trial = on.state.trials[next] as TrialRecord
      await on.launched(next, trial.attempts.length, null)
      const parent = models.get(parentOf(trial) ?? -1)
      if (!models.has(next)) models.set(next, parent ? { ...parent } : { step: 0, loss: 1, line: [] })
      running.push(next)
    }
    if (running.length === 0) return on
    const number = running[Math.floor(order() * running.length)] as number
    const { params, attempts } = on.state.trials[number] as TrialRecord
    const model = models.get(number) as Model
    model.step++
    model.line = [...model.line, number]
    model.loss *= 1 - 0.2 * (params['lr'] as number)
    const verdict = await on.report(number, model.step, { loss: model.loss })
    if (moment() < reopens) on = await open()
    const hasFailed = luck() < fails
    const late = verdict === 'continue' ? 0 : (told.get(number) ?? 0) + 1
    told.set(number, late)
    if ((verdict === 'continue' || late <= lag) && model.step < STEPS && !hasFailed) continue
    told.delete(number)
    running.splice(running.indexOf(number), 1)
    const reason = on.state.trials[number]?.judged?.reason ?? ''
    if (hasFailed) await on.tell(number, { state: 'failed', cause: 'exit', message: 'bad luck' })
    // as in a runner: who gets to its end before it hears of it keeps its result
    else if (model.step >= STEPS) await on.tell(number, { state: 'complete', values: [model.loss] })
    else if (verdict === 'pause') expect(await on.pause(number, attempts.length)).toBe(true)
    else if (verdict === 'prune') await on.tell(number, { state: 'pruned', reason })
    else await on.tell(number, { state: 'complete', values: [model.loss] })
  }
}

const playing = {
  slots: fc.integer({ min: 1, max: POPULATION + 2 }),
  seed: fc.nat(1e6),
  fails: fc.constantFrom(0, 0.01),
  lag: fc.constantFrom(0, 2, 7),
  trials: fc.option(fc.integer({ min: POPULATION, max: 20 })),
}

describe('a population, with any number of slots and members of any speed', () => {
  it('keeps its size and its lineage, ends, and its journal is lawful and can be made again', async () => {
    await fc.assert(
      fc.asyncProperty(fc.record(playing), async ({ trials, ...how }) => {
        const store = memoryStore()
        const budget = trials === null ? {} : { trials }
        const models = new Map<number, Model>()
        const study = await play({ ...how, reopens: 0, models, open: () => openStudy(store, { ...spec, budget }) })
        const events = await store.read('s', 0)
        expect(checkHistory(events)).toEqual([])
        expect(verify(events)).toMatchObject({ mismatches: [], foreign: [] })
        const all = study.state.trials
        expect(study.state.ended).toBeDefined()
        const heirs = all.filter((trial) => lineageOf(trial))
        expect(all.length - heirs.length).toBe(POPULATION)
        // nobody is lost: every place is taken once, in turn, by whoever takes it from one that gave way or failed
        const replaced = heirs.map((trial) => lineageOf(trial)?.replaces as number)
        expect(new Set(replaced).size).toBe(heirs.length)
        const left = all.filter(({ number }) => !replaced.includes(number))
        expect(left).toHaveLength(POPULATION)
        if (trials === null && how.fails === 0) expect(left.every(({ state }) => state === 'complete')).toBe(true)
        for (const trial of heirs) {
          const { replaces, parent, step = 0 } = lineageOf(trial) as NonNullable<ReturnType<typeof lineageOf>>
          expect(['pruned', 'failed']).toContain(all[replaces]?.state)
          expect(trial.number).toBeGreaterThan(Math.max(replaces, parent ?? 0))
          if (parent === undefined) continue
          expect(parent).not.toBe(replaces)
          // it goes on from where its parent stood when it was chosen
          expect(trial.reports[0]?.step ?? step + 1).toBe(step + 1)
        }
        for (const trial of all) {
          const trained = segmentsOf(all, trial).flatMap(({ trial: one, from, to }) => Array(to - from).fill(one))
          expect(trained).toEqual(models.get(trial.number)?.line)
        }
      }),
      { numRuns: 60 },
    )
  })

  it('goes on after a reopening at any point as if nothing had happened', async () => {
    await fc.assert(
      fc.asyncProperty(fc.record({ slots: playing.slots, seed: playing.seed }), async (how) => {
        const journal = async (reopens: number) => {
          const store = memoryStore()
          await play({ ...how, reopens, fails: 0, open: () => openStudy(store, spec, { now: () => 0 }) })
          return store.read('s', 0)
        }
        expect(await journal(0.2)).toEqual(await journal(0))
      }),
      { numRuns: 20 },
    )
  })
})

it('an edit of the space is no reason to take a place twice', async () => {
  const store = memoryStore()
  let isEdited = false
  const open = () =>
    openStudy(
      store,
      isEdited ? { ...spec, space: { ...spec.space, lr: { kind: 'float', low: 0.005, high: 1.5, log: true } } } : spec,
    )
  const study = await play({
    slots: 3,
    seed: 8,
    fails: 0,
    reopens: 0.05,
    open: () =>
      isEdited
        ? open()
        : open().then((one) => {
            isEdited = one.state.trials.filter((trial) => lineageOf(trial)).length > 1
            return one
          }),
  })
  expect(isEdited).toBe(true)
  const replaced = study.state.trials.flatMap((trial) => lineageOf(trial)?.replaces ?? [])
  expect(new Set(replaced).size).toBe(replaced.length)
  expect(study.state.trials.length - replaced.length).toBe(POPULATION)
})
