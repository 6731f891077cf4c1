import { expect, it } from 'vitest'
import type { TrialRecord } from '../journal/state.js'
import { rng } from '../numerics/rng.js'
import { encoding } from './gp/encoding.js'
import { gp } from './gp/gp.js'
import { history as gpHistory } from './gp/history.js'
import { lossTargets } from './gp/targets.js'
import { reporting } from './partial-curve.contract.js'
import { dimensionsOf } from './tpe/dimension.js'
import { history as tpeHistory } from './tpe/history.js'
import { tpe } from './tpe/tpe.js'

const space = { x: { kind: 'float', low: 0, high: 1 } } as const
const aims = { directions: ['minimize'], metrics: ['loss'] } as const

const trial = (number: number, losses: readonly (number | 'NaN')[], isComplete: boolean) =>
  reporting(number, losses, isComplete ? 'complete' : 'pruned')
const paused = (number: number, losses: readonly number[]) => reporting(number, losses, 'paused')

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

it('tpe ranks pruned trials among complete ones by what those came to that were nearest to them', () => {
  const trials = tpeHistory(dimensionsOf(space), aims)
  trials.add([
    trial(0, [9, 5], true),
    trial(1, [8, 4], true),
    trial(2, [7, 3], true),
    trial(3, [3, 1], true),
    // 8/3, 4, worse than all there, and where fewer than three got to
    trial(4, [4], false),
    trial(5, [8.1], false),
    trial(6, [9.5], false),
    trial(7, [1, 1, 0.9], false),
    trial(8, [], false),
  ])
  expect([...trials.best(9)]).toEqual([3, 4, 2, 1, 5, 0, 7, 6])
  expect([...trials.best(3)]).toEqual([3, 4, 2])
  expect([...trials.best(1)]).toEqual([3])
})

it('tpe takes a paused trial for one that was stopped there, and forgets it again', () => {
  const [trials, without] = [tpeHistory(dimensionsOf(space), aims), tpeHistory(dimensionsOf(space), aims)]
  const finished = [trial(0, [9, 5], true), trial(1, [8, 4], true), trial(2, [7, 3], true), trial(3, [7.4], false)]
  trials.add(finished)
  without.add(finished)
  const forget = trials.hold([paused(4, [6.9]), paused(5, [8.4])])
  expect([...trials.best(9)]).toEqual([2, 1, 4, 3, 5, 0])
  expect([trials.count, trials.finishedCount, [...trials.activeCounts]]).toEqual([6, 4, [6]])
  forget()
  expect([trials.count, trials.finishedCount, [...trials.activeCounts]]).toEqual([4, 4, [4]])
  for (const history of [trials, without]) history.add([trial(4, [6, 2], true)])
  expect([...trials.best(9)]).toEqual([...without.best(9)])
})

it('tpe learns from paused trials before any has ended, and is what it was once they are gone', () => {
  const running = Array.from({ length: 40 }, (_, i) => {
    const x = ((i * 17) % 40) / 40
    return { ...paused(i, [1 + Math.abs(x - 0.3)]), params: { x } }
  })
  const sampler = tpe()({ space, seed: 3, ...aims })
  const suggested = (seen: readonly TrialRecord[]) =>
    Array.from({ length: 30 }, (_, i) => sampler.suggest(seen, { number: 40 + i, rng: rng(3, 40 + i) })?.params['x'])
  const before = suggested([])
  const far = suggested(running).map((x) => Math.abs(Number(x) - 0.3))
  expect(far.reduce((sum, one) => sum + one, 0) / far.length).toBeLessThan(0.1)
  expect(suggested([])).toEqual(before)
})

it('tpe counts as good a share of all trials, and of those that were not stopped once enough are complete', () => {
  const trials = tpeHistory(dimensionsOf(space), aims)
  trials.add([trial(0, [9, 5], true), trial(1, [8], false), trial(2, [], false), trial(3, [7, 3], true)])
  trials.add([{ ...trial(4, [], true), outcome: { state: 'failed', cause: 'exit', message: '' } }])
  const forget = trials.hold([paused(5, [6])])
  expect([3, 2].map(trials.comparedCount)).toEqual([6, 3])
  forget()
  expect([3, 2].map(trials.comparedCount)).toEqual([5, 3])
})

it('gp leaves open what a stopped trial would have come to, unless it stood worse than any complete one ever did', () => {
  const seen = gpHistory(encoding(space), aims)
  // worse than all, but too few to tell yet
  seen.add(trial(0, [99], false))
  for (const [i, first] of [9, 8, 7, 6].entries()) seen.add(trial(1 + i, [first, first - 2, first - 3], true))
  seen.add(trial(5, [8.5], false))
  seen.add(trial(6, [9, 8.9], false))
  seen.add(trial(7, [9.5], false))
  seen.add(trial(8, ['NaN'], false))
  const placed = ({ number }: { number: number }) => seen.place({ x: number / 100 }).f
  expect(seen.stopped.map(({ f }) => f)).toEqual([0, 5, 6].map((number) => placed({ number })))
  // the last two count as the worst
  expect([...lossTargets(seen, 0, (losses) => losses)(6)]).toEqual([6, 5, 4, 3, 6, 6])
})

it('gp looks elsewhere than where trials were stopped', () => {
  const sampler = gp({ startupTrials: 4, candidates: 200 })({ space, seed: 1, ...aims })
  const complete = [0, 20, 40, 60, 80, 100].map((x, i) => ({
    ...trial(i, [1, 1 + x / 100], true),
    params: { x: x / 100 },
  }))
  sampler.observe(complete)
  const suggested = (number: number) => Number(sampler.suggest([], { number, rng: rng(1, number) })?.params['x'])
  const first = suggested(6)
  sampler.observe([{ ...trial(6, [1], false), params: { x: first } }])
  expect(Math.abs(suggested(6) - first)).toBeGreaterThan(1e-3)
})

it('gp with curves learns from beginnings where hardly any trial has ended', () => {
  const seen = Array.from({ length: 24 }, (_, i) => {
    const x = ((i * 7) % 24) / 24
    const at = (step: number) => (x - 0.3) ** 2 + 1 / step
    const isComplete = i < 2
    const curve = Array.from({ length: isComplete ? 9 : 1 }, (_, s) => at(s + 1))
    return { ...trial(i, curve, isComplete), params: { x } }
  })
  const sampler = gp({ candidates: 200, curves: true })({ space, seed: 1, ...aims })
  sampler.observe(seen)
  const far = (number: number) =>
    Math.abs(Number(sampler.suggest([], { number, rng: rng(1, number) })?.params['x']) - 0.3)
  for (const number of [24, 25, 26]) expect(far(number)).toBeLessThan(0.05)
})

it('gp with curves learns from paused trials before any has ended, where it is told how long a training is', () => {
  const running = Array.from({ length: 20 }, (_, i) => {
    const x = ((i * 7) % 20) / 20
    return { ...paused(i, [1 + (x - 0.3) ** 2]), params: { x } }
  })
  const meanDistance = (maxStep: { readonly maxStep?: number }) => {
    const sampler = gp({ candidates: 200, curves: true })({ space, seed: 1, ...aims, ...maxStep })
    const suggested = Array.from({ length: 12 }, (_, i) =>
      Number(sampler.suggest(running, { number: 20 + i, rng: rng(1, 20 + i) })?.params['x']),
    )
    return suggested.reduce((sum, x) => sum + Math.abs(x - 0.3), 0) / suggested.length
  }
  expect(meanDistance({ maxStep: 9 })).toBeLessThan(0.12)
  // spread over the space: nothing is known of ends
  expect(meanDistance({})).toBeGreaterThan(0.2)
})
