import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkHistory } from '../journal/check-history.js'
import type { Outcome, StudySpec } from '../journal/event.js'
import { memoryStore } from '../journal/memory-store.js'
import { fold } from '../journal/state.js'
import type { Store } from '../journal/store.js'
import type { SamplerFactory } from '../samplers/sampler.js'
import { openStudy } from './open-study.js'
import type { Study } from './study.js'
import { verify } from './verify.js'

const space: StudySpec['space'] = {
  x: { kind: 'float', low: 0, high: 1 },
  kind: { kind: 'categorical', choices: ['a', 'b', null] },
  n: { kind: 'int', low: 1, high: 9, when: { kind: ['b'] } },
}

/** Its suggestions depend on everything it may see, so that a replay that sees anything else shows. */
const nosy: SamplerFactory = () => {
  let seen = 0
  return {
    observe(finished) {
      for (const { number, outcome } of finished) seen = (seen * 31 + number * 7 + (outcome?.state.length ?? 0)) % 1009
    },
    suggest(running, { number, rng }) {
      const sum = running.reduce((total, trial) => total * 3 + trial.number + 1, seen)
      return { params: { x: ((sum % 1009) + rng()) / 1010, kind: 'a' }, memo: { number, sum } }
    },
  }
}

const outcomes: readonly Outcome[] = [
  { state: 'complete', values: [0.25] },
  { state: 'complete', values: [Number.NaN] },
  { state: 'pruned', reason: 'late' },
  { state: 'failed', cause: 'exit', message: 'code 1' },
]

/** A store that answers late, in an order of the test's choosing. */
function slow(store: Store, s: fc.Scheduler): Store {
  return {
    ...store,
    append: (study, version, events) => s.schedule(Promise.resolve()).then(() => store.append(study, version, events)),
    read: (study, version) => s.schedule(Promise.resolve()).then(() => store.read(study, version)),
  }
}

type Action = readonly [name: string, trial: number, more: number]

function act(study: Study, [name, trial, more]: Action): Promise<unknown> {
  switch (name) {
    case 'ask':
      return study.ask()
    case 'tell':
      return study.tell(trial, outcomes[more % outcomes.length] as Outcome)
    case 'report':
      return study.report(trial, more, { loss: more === 3 ? Number.NaN : more })
    case 'launched':
      return study.launched(trial, 1 + (more % 2), { pid: more })
    case 'retry':
      return study.retry(trial, { cause: 'lost', message: '', fault: 'infrastructure' }, 1 + (more % 2))
    case 'enqueue':
      return study.enqueue(more % 2 ? { n: 1 + more } : { kind: null })
    case 'stop':
      return study.commit(({ stop, ended }) => {
        const isOpen = stop === undefined && ended === undefined
        return { events: isOpen ? [{ type: 'study-stop-requested', by: 'me', now: false }] : [], result: undefined }
      })
    default:
      return study.resume()
  }
}

const names = ['ask', 'ask', 'ask', 'tell', 'tell', 'report', 'launched', 'retry', 'enqueue', 'stop', 'resume']
const action = fc.tuple(fc.constantFrom(...names), fc.nat(11), fc.nat(5))

describe('Study, whatever several processes do and in whatever order the store answers', () => {
  it('writes a lawful journal, the same state for everyone, and suggestions that can be made again', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(fc.array(action, { minLength: 1, maxLength: 30 }), { minLength: 1, maxLength: 4 }),
        async (s, scripts) => {
          const store = memoryStore()
          const spec: StudySpec = {
            name: 's',
            space,
            objectives: [{ metric: 'loss', direction: 'minimize' }],
            seed: 7,
            sampler: { name: 'nosy' },
            pruner: { name: 'none' },
            budget: { trials: 12 },
          }
          const run = async (script: readonly Action[]) => {
            const study = await openStudy(slow(store, s), spec, { sampler: nosy, now: () => 1 })
            // two strands in one process: turns inside a study, races between studies
            const strand = async (parity: number) => {
              for (const [index, step] of script.entries()) if (index % 2 === parity) await act(study, step)
            }
            await Promise.all([strand(0), strand(1)])
            await study.sync()
            return study
          }
          const running = Promise.all(scripts.map(run))
          const studies = await s.waitFor(running)
          const events = await store.read('s', 0)
          expect(checkHistory(events)).toEqual([])
          expect(verify(events, () => nosy).mismatches).toEqual([])
          const folded = fold(events)
          for (const { state } of studies)
            expect(fold(events.slice(state.version), structuredClone(state))).toEqual(folded)
          expect(folded.finished.length + folded.running.size).toBe(folded.trials.length)
          const values = folded.finished.flatMap(({ outcome }) => (outcome?.state === 'complete' ? outcome.values : []))
          expect(folded.best?.value).toBe(values.length > 0 ? Math.min(...values) : undefined)
        },
      ),
      { numRuns: 150 },
    )
  })
})
