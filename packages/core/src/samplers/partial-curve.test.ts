import { expect, it } from 'vitest'
import type { TrialRecord } from '../journal/state.js'
import { encoding } from './gp/encoding.js'
import { history as gpHistory } from './gp/history.js'
import { lossTargets } from './gp/targets.js'
import { dimensionsOf } from './tpe/dimension.js'
import { history as tpeHistory } from './tpe/history.js'

const space = { x: { kind: 'float', low: 0, high: 1 } } as const
const aims = { directions: ['minimize'], metrics: ['loss'] } as const

/** Reports at steps 1, 2, …; complete with its last one, or pruned. */
function trial(number: number, losses: readonly (number | 'NaN')[], isComplete: boolean): TrialRecord {
  const outcome = isComplete
    ? ({ state: 'complete', values: [Number(losses.at(-1))] } as const)
    : ({ state: 'pruned', reason: '' } as const)
  const reports = losses.map((loss, i) => ({ at: 0, step: i + 1, attempt: 1, metrics: { loss, other: 7 } }))
  return {
    number,
    state: outcome.state,
    params: { x: number / 100 },
    seen: 0,
    worker: '',
    startedAt: 0,
    reports,
    attempts: [],
    outcome,
  }
}

it('tpe ranks pruned trials behind complete ones, by how far they got, then by how good they were there', () => {
  const trials = tpeHistory(dimensionsOf(space), aims)
  trials.add([
    trial(0, [0.1], false),
    trial(1, [5, 5, 5], true),
    trial(2, [4, 2], false),
    trial(3, [3, 1], false),
    trial(4, [], false),
    trial(5, [0.05], false),
    trial(6, [3, 2, 1], true),
    trial(7, ['NaN'], false),
  ])
  expect([...trials.best(6)]).toEqual([6, 1, 3, 2, 5, 0])
})

it('gp takes a pruned trial for what its curve is expected to have ended with', () => {
  const seen = gpHistory(encoding(space), aims)
  // what is lost from step 1 to the end is the same for all, but for a little noise
  const complete = [9, 8, 7, 6, 5, 4].map((first, i) => [first, first - 2, first - 3 + 0.01 * (i % 2)])
  complete.forEach((losses, i) => {
    seen.add(trial(i, losses, true))
  })
  seen.add(trial(10, [7.5], false))
  seen.add(trial(11, [6.5, 4.5], false))
  seen.add(trial(12, [], false))
  seen.add(trial(13, [1, 1, 0.9, 0.8], false))
  const targets = lossTargets(seen, 0, (losses) => losses)(10)
  expect(targets[6]).toBeCloseTo(4.5, 1)
  expect(targets[7]).toBeCloseTo(3.5, 1)
  // nothing reported; nobody else got to step 4: as the worst
  expect([...targets.slice(8)]).toEqual([6, 6])
})
