import { expect, it } from 'vitest'
import type { Json } from '../journal/event.js'
import { lineSpec } from '../journal/line-spec.contract.js'
import { emptyState, type StudyState, type TrialRecord } from '../journal/state.js'
import { rng } from '../numerics/rng.js'
import type { Params, Space } from '../space/distribution.js'
import { explain } from './explain.js'

const space: Space = {
  x: { kind: 'float', low: 0, high: 1 },
  kind: { kind: 'categorical', choices: ['a', 'b'] },
  'kind.b.y': { kind: 'float', low: 0, high: 1, when: { kind: ['b'] } },
}

const record = (number: number, params: Params, value?: number): TrialRecord => ({
  number,
  params,
  state: value === undefined ? 'running' : 'complete',
  seen: 0,
  worker: 'me',
  startedAt: 0,
  reports: [],
  attempts: [],
  ...(value === undefined ? {} : { outcome: { state: 'complete', values: [value] } }),
})

function before(finished: readonly TrialRecord[]): StudyState {
  return {
    ...emptyState(),
    spec: lineSpec({
      space,
    }),
    finished: [...finished],
  }
}

/** The loss is the distance of x from 0.2; trials are in x < 0.6 only. */
const uniform = rng(3)
const history = Array.from({ length: 40 }, (_, i) => {
  const x = 0.6 * uniform()
  return record(i, { x, kind: 'a' }, Math.abs(x - 0.2))
})

it('tells a point beside the best from one where nobody was', () => {
  const best = history.reduce((a, b) => (lossAt(b) < lossAt(a) ? b : a))
  const near = explain(before(history), record(40, { x: Number(best.params['x']) + 0.001, kind: 'a' }))
  expect([near.kind, near.nearest[0]?.trial, near.best?.trial]).toEqual(['exploit', best.number, best.number])
  expect(near.promise).toBeGreaterThan(0.8)
  expect(near.novelty).toBeLessThan(0.2)
  const far = explain(before(history), record(40, { x: 0.98, kind: 'b', 'kind.b.y': 0.5 }))
  expect(far.kind).toBe('explore')
  expect(far.novelty).toBeGreaterThan(0.8)
  expect(far.nearest).toHaveLength(5)
})

it('says so if a person asked, or if little was known', () => {
  const asked = { ...record(40, { x: 0.2, kind: 'a' }), queued: 0 }
  expect(explain(before(history), asked).kind).toBe('asked')
  expect(explain(before([]), record(0, { x: 0.2, kind: 'a' }))).toEqual({
    kind: 'first',
    known: 0,
    running: 0,
    novelty: undefined,
    promise: undefined,
    nearest: [],
    best: undefined,
  })
})

it('measures distances parameter by parameter', () => {
  const found = explain(
    before([record(0, { x: 0.5, kind: 'a' }, 1), record(1, { x: 0.5, kind: 'b', 'kind.b.y': 0.4 }, 2)]),
    record(2, { x: 0.5, kind: 'b', 'kind.b.y': 0.1 }),
  )
  expect(found.nearest.map(({ trial, distance }) => [trial, Number(distance.toFixed(6))])).toEqual([
    [1, Number((0.3 / Math.sqrt(3)).toFixed(6))],
    [0, Number(Math.sqrt(2 / 3).toFixed(6))],
  ])
})

function lossAt({ outcome }: TrialRecord): number {
  return outcome?.state === 'complete' ? (outcome.values[0] as number) : Infinity
}

it('believes the forecast in the memo, if there is one', () => {
  const kindOf = (mean: number, sd: number) => {
    const forecasts = [{ mean, sd, interval: [0, 1], best: 0.1 }]
    const memo = { acquisition: 'expected improvement', forecasts } as unknown as Json
    const { kind, forecasts: found } = explain(before(history), { ...record(40, { x: 0.9, kind: 'a' }), memo })
    expect(found).toEqual(forecasts)
    return kind
  }
  expect([kindOf(0.05, 0.1), kindOf(0.15, 0.1), kindOf(0.3, 0.1)]).toEqual(['exploit', 'between', 'explore'])
  const byRatio = explain(before(history), { ...record(40, { x: 0.9, kind: 'a' }), memo: { logRatio: 2 } })
  expect([byRatio.logRatio, byRatio.forecasts]).toEqual([2, undefined])
})
