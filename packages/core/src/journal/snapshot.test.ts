import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { StudyEvent, StudySpec } from './event.js'
import { lineSpec } from './line-spec.contract.js'
import { parentOf } from './lineage.js'
import { fromColumns, restore, snapshot, toColumns } from './snapshot.js'
import { apply, emptyState, fold, type StudyState } from './state.js'

const spec: StudySpec = lineSpec({
  space: {
    x: { kind: 'float', low: 0, high: 1 },
    kind: { kind: 'categorical', choices: ['a', null] },
    depth: { kind: 'int', low: 1, high: 5, when: { kind: ['a'] } },
  },
  objectives: [{ metric: 'loss', direction: 'maximize' }],
})

/** Trials that start, run and end in some order, a third of them with a parameter that others do not have. */
const journals = fc.array(fc.tuple(fc.nat(9), fc.nat(5), fc.double({ noNaN: true, min: -3, max: 3 }))).map((steps) => {
  const events: StudyEvent[] = [{ at: 0, type: 'study-created', spec }]
  let started = 0
  for (const [which, what, drawn] of steps) {
    const at = events.length
    // a journal is JSON, which has no -0
    const value = drawn + 0
    const trial = which % Math.max(1, started)
    if (what < 2) {
      const params = started % 3 === 0 ? { x: value, kind: 'a', depth: 2 } : { x: value, kind: null }
      // every third is a fork
      const memo = started % 3 === 2 ? { replaces: 0, parent: 1, step: 2 } : { by: 'x' }
      events.push({ at, type: 'trial-started', trial: started++, params, seen: at, worker: 'w', memo })
    } else if (what === 2) events.push({ at, type: 'trial-launched', trial, attempt: 1, handle: { pid: 1 } })
    else if (what === 3)
      events.push({ at, type: 'trial-finished', trial, outcome: { state: 'complete', values: [value] } })
    else if (what === 4) {
      events.push({ at, type: 'trial-finished', trial, outcome: { state: 'failed', cause: 'exit', message: 'no' } })
    } else events.push({ at, type: 'trial-stop-requested', trial, by: 'me' })
  }
  return events
})

/** What a window may know of a state. */
function visible(state: StudyState): unknown {
  const bare = ({ memo, cursor: _c, ...trial }: StudyState['trials'][number]) => ({
    ...trial,
    ...(parentOf(memo === undefined ? {} : { memo }) === undefined ? {} : { memo }),
    worker: '',
    seen: 0,
    reports: [],
    attempts: trial.attempts.map(({ handle: _h, ...attempt }) => attempt),
  })
  return {
    ...state,
    trials: state.trials.map(bare),
    finished: state.finished.map(({ number }) => number),
    running: [...state.running.keys()],
    best: state.best && { ...state.best, trial: state.best.trial.number },
  }
}

describe('snapshot', () => {
  it('restores what it was taken of, and later events fit onto it', () => {
    fc.assert(
      fc.property(journals, fc.double({ min: 0, max: 1, noNaN: true }), (events, share) => {
        const cut = Math.max(1, Math.floor(events.length * share))
        const text = JSON.stringify(snapshot(fold(events.slice(0, cut))))
        const state = restore(JSON.parse(text))
        for (const event of events.slice(cut)) apply(state, event)
        expect(visible(state)).toEqual(visible(fold(events)))
      }),
    )
  })

  it('refuses a study that has not been created', () => {
    expect(() => snapshot(emptyState())).toThrow('snapshot: expected a study that has been created')
  })
})

describe('columns', () => {
  it('give the records back, null and missing keys told apart', () => {
    const records = [{ a: 1 }, { a: null, b: 'x' }, {}]
    expect(toColumns(records).columns).toEqual({ a: { values: [1, null], at: [0, 1] }, b: { values: ['x'], at: [1] } })
    expect(fromColumns(toColumns(records))).toEqual(records)
  })
})
