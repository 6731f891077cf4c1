import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { StudyEvent, StudySpec } from './event.js'
import { lineSpec } from './line-spec.contract.js'
import { emptyState, fold, type StudyState } from './state.js'

const spec: StudySpec = lineSpec({
  objectives: [{ metric: 'loss', direction: 'maximize' }],
})

/** Any event about trials 0 to 4, most of which will not fit. */
const anyEvent: fc.Arbitrary<StudyEvent> = fc
  .record({ type: fc.nat(7), at: fc.nat(1000), trial: fc.nat(4), attempt: fc.integer({ min: 1, max: 3 }) })
  .chain(({ type, at, trial, attempt }) =>
    fc.double({ noNaN: true, min: -5, max: 5 }).map((value): StudyEvent => {
      switch (type) {
        case 0:
        case 1:
          return { at, type: 'trial-started', trial, params: { x: value }, seen: 0, worker: 'w' }
        case 2:
          return { at, type: 'trial-launched', trial, attempt, handle: { pid: attempt } }
        case 3:
          return { at, type: 'trial-reported', trial, attempt, reports: [{ at, step: 1, metrics: { loss: value } }] }
        case 4:
          return { at, type: 'trial-retried', trial, attempt, cause: 'exit', message: '', fault: 'user' }
        case 5:
          return { at, type: 'trial-finished', trial, outcome: { state: 'complete', values: [value] } }
        case 6:
          return { at, type: 'trial-finished', trial, outcome: { state: 'failed', cause: 'exit', message: '' } }
        default:
          return { at, type: 'trial-stop-requested', trial, by: 'me' }
      }
    }),
  )

const created: StudyEvent = { at: 0, type: 'study-created', spec }

function checkInvariants(state: StudyState): void {
  expect(state.trials.map(({ number }) => number)).toEqual(state.trials.map((_, index) => index))
  const unfinished = state.trials.filter(({ finishedAt }) => finishedAt === undefined)
  expect([...state.running.values()]).toEqual(unfinished)
  expect([...state.finished].sort((a, b) => a.number - b.number)).toEqual(
    state.trials.filter(({ finishedAt }) => finishedAt !== undefined),
  )
  for (const { attempts, state: is, outcome } of state.trials) {
    expect(attempts.map(({ number }) => number)).toEqual(attempts.map((_, index) => index + 1))
    expect(is).toBe(outcome ? outcome.state : attempts.at(-1)?.launchedAt === undefined ? 'waiting' : 'running')
    for (const attempt of attempts.slice(0, -1)) expect(attempt.cause).toBe('exit')
  }
  const values = state.finished.map(({ outcome }) =>
    outcome?.state === 'complete' ? (outcome.values[0] as number) : -9,
  )
  const most = Math.max(-9, ...values)
  expect(state.best).toEqual(
    most === -9
      ? undefined
      : {
          trial: state.finished[values.indexOf(most)],
          value: values[values.indexOf(most)],
          index: values.indexOf(most),
        },
  )
}

describe('fold', () => {
  it('keeps its invariants whatever the events', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 60 }), (events) => {
        const state = fold([created, ...events])
        expect(state.version).toBe(events.length + 1)
        checkInvariants(state)
      }),
      { numRuns: 300 },
    )
  })

  it('comes to the same state in one go and in pieces', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 60 }), fc.nat(60), (events, cut) => {
        expect(fold(events.slice(cut), fold(events.slice(0, cut)))).toEqual(fold(events))
      }),
    )
  })

  it('ignores what no longer fits', () => {
    const started: StudyEvent = { at: 1, type: 'trial-started', trial: 0, params: {}, seen: 1, worker: 'w' }
    const finished = (value: number): StudyEvent => {
      return { at: 2, type: 'trial-finished', trial: 0, outcome: { state: 'complete', values: [value] } }
    }
    const state = fold([created, started, started, finished(1), finished(2)])
    expect(state.trials).toHaveLength(1)
    expect(state.finished.map(({ outcome }) => outcome)).toEqual([{ state: 'complete', values: [1] }])
    expect(state.best?.value).toBe(1)
  })

  it('leaves alone what a newer version wrote', () => {
    const later = [
      { at: 5, type: 'trial-paused', trial: 0 },
      { at: 5, type: 'study-starred' },
    ] as unknown as StudyEvent[]
    const before = fold([created])
    expect(fold([created, ...later])).toEqual({ ...before, version: 3, lastEventAt: 5 })
  })

  it('takes reports by the hundred thousand', () => {
    const started: StudyEvent = { at: 1, type: 'trial-started', trial: 0, params: {}, seen: 1, worker: 'w' }
    const reports = Array.from({ length: 300_000 }, (_, step) => ({ at: 1, step, metrics: { loss: step } }))
    const state = fold([created, started, { at: 1, type: 'trial-reported', trial: 0, attempt: 1, reports }])
    expect(state.trials[0]?.reports).toHaveLength(300_000)
  })

  it('counts the time in which something runs, whatever the clocks of those who wrote', () => {
    const started = (at: number, trial: number): StudyEvent => {
      return { at, type: 'trial-started', trial, params: {}, seen: 1, worker: 'w' }
    }
    const finished = (at: number, trial: number): StudyEvent => {
      return { at, type: 'trial-finished', trial, outcome: { state: 'pruned', reason: '' } }
    }
    const events = [created, started(100, 0), started(90, 1), finished(150, 0), finished(140, 1), started(500, 2)]
    const state = fold([...events, finished(510, 2)])
    expect([state.busyMilliseconds, state.lastEventAt]).toEqual([60, 510])
  })

  it('leaves out the time in which everything was dead, as far as the next runner can tell', () => {
    const started: StudyEvent = { at: 100, type: 'trial-started', trial: 0, params: {}, seen: 1, worker: 'w' }
    const finished: StudyEvent = {
      at: 9000,
      type: 'trial-finished',
      trial: 0,
      outcome: { state: 'pruned', reason: '' },
    }
    const found = (aliveUntil?: number): StudyEvent => {
      return { at: 8000, type: 'run-started', by: 'w', ...(aliveUntil === undefined ? {} : { aliveUntil }) }
    }
    const busy = (event: StudyEvent) => fold([created, started, event, finished]).busyMilliseconds
    expect(busy(found(150))).toBe(50 + 1000)
    expect(busy(found(9999))).toBe(8900)
    expect(busy(found(20))).toBe(1000)
    expect(busy(found())).toBe(8900)
  })

  it('keeps apart what different attempts reported', () => {
    const reported = (attempt: number): StudyEvent => {
      return {
        at: 3,
        type: 'trial-reported',
        trial: 0,
        attempt,
        reports: [{ at: 3, step: 1, metrics: { loss: attempt } }],
      }
    }
    const events: StudyEvent[] = [
      created,
      { at: 2, type: 'trial-started', trial: 0, params: {}, seen: 1, worker: 'w' },
      reported(1),
      { at: 4, type: 'trial-retried', trial: 0, attempt: 2, cause: 'exit', message: '', fault: 'user' },
      reported(2),
    ]
    expect(fold(events).trials[0]?.reports.map(({ attempt, metrics }) => [attempt, metrics['loss']])).toEqual([
      [1, 1],
      [2, 2],
    ])
  })

  it('starts from nothing', () => {
    expect(fold([])).toEqual(emptyState())
  })
})

it('keeps notes of studies and trials, also of finished ones, the rest of them as it was', () => {
  const state = fold([
    created,
    { at: 1, type: 'trial-started', trial: 0, params: { x: 0.5 }, seen: 1, worker: 'w' },
    { at: 2, type: 'trial-finished', trial: 0, outcome: { state: 'complete', values: [1] } },
    { at: 3, type: 'trial-noted', trial: 0, by: 'me', tags: ['good'], note: 'look' },
    { at: 4, type: 'trial-noted', trial: 0, by: 'me', pinned: true, note: '' },
    { at: 4, type: 'trial-noted', trial: 7, by: 'me', pinned: true },
    { at: 5, type: 'study-noted', by: 'me', archived: true },
    { at: 6, type: 'study-noted', by: 'me', tags: ['a'] },
  ])
  expect(state.trialNotes).toEqual({ 0: { tags: ['good'], note: '', pinned: true } })
  expect(state.note).toEqual({ archived: true, tags: ['a'] })
})
