import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { curveAlong, type Forked, segmentsOf } from './lineage.js'

function trial(number: number, steps: readonly number[], lineage?: { parent?: number; step?: number }): Forked {
  return {
    number,
    reports: steps.map((step) => ({
      at: 1000 * number + step,
      step,
      metrics: { loss: number + step / 100 },
      attempt: 1,
    })),
    ...(lineage ? { memo: { replaces: 0, ...lineage } } : {}),
  }
}
const curveOf = (trials: readonly Forked[]) => (number: number) => {
  const steps = trials[number]?.reports.map(({ step }) => step) ?? []
  return { steps, at: steps.map((step) => 1000 * number + step), values: steps.map((step) => number + step / 100) }
}

describe('segments of a training', () => {
  it('are those of its ancestors, each up to where the next goes on', () => {
    const trials = [
      trial(0, [1, 2, 3, 4, 5]),
      trial(1, [1, 2]),
      trial(2, [4, 5, 6, 7], { parent: 0, step: 3 }),
      trial(3, [7, 8], { parent: 2, step: 6 }),
    ]
    expect(segmentsOf(trials, trials[3]!)).toEqual([
      { trial: 0, from: 0, to: 3 },
      { trial: 2, from: 3, to: 6 },
      { trial: 3, from: 6, to: 8 },
    ])
    expect(segmentsOf(trials, trials[1]!)).toEqual([{ trial: 1, from: 0, to: 2 }])
    expect(curveAlong(segmentsOf(trials, trials[3]!), curveOf(trials))).toEqual([
      { trial: 0, steps: [1, 2, 3], at: [1, 2, 3], values: [0.01, 0.02, 0.03] },
      { trial: 2, steps: [4, 5, 6], at: [2004, 2005, 2006], values: [2.04, 2.05, 2.06] },
      { trial: 3, steps: [7, 8], at: [3007, 3008], values: [3.07, 3.08] },
    ])
  })

  it('follow the checkpoint that was copied, newer or older than the suggestion knew', () => {
    const parent = trial(0, [1, 2, 3, 4, 5, 6])
    const newer = trial(1, [6, 7], { parent: 0, step: 3 })
    const older = trial(1, [2, 3], { parent: 0, step: 3 })
    const anew = trial(1, [1, 2], { parent: 0, step: 3 })
    const silent = trial(1, [], { parent: 0, step: 3 })
    const ends = (fork: Forked) => segmentsOf([parent, fork], fork).map(({ to }) => to)
    expect([newer, older, anew, silent].map(ends)).toEqual([[5, 7], [1, 3], [2], [3]])
    expect(segmentsOf([trial(0, [])], trial(0, []))).toEqual([])
  })

  it('pass over a parent whose own steps are not in the checkpoint', () => {
    const trials = [
      trial(0, [0, 1, 2, 3]),
      trial(1, [3, 4], { parent: 0, step: 2 }),
      trial(2, [3, 4, 5], { parent: 1, step: 4 }),
      // the silent parent of a silent fork
      trial(3, [], { parent: 0, step: 1 }),
      trial(4, [], { parent: 3, step: 1 }),
    ]
    expect(segmentsOf(trials, trials[2]!)).toEqual([
      { trial: 0, from: 0, to: 2 },
      { trial: 2, from: 2, to: 5 },
    ])
    expect(segmentsOf(trials, trials[4]!)).toEqual([{ trial: 0, from: 0, to: 1 }])
  })

  it('begin below 0 where steps do, and go nowhere after a parent that was not there before', () => {
    const trials = [trial(0, [-2, -1]), trial(1, [1], { parent: 1 }), trial(2, [1], { parent: 9 })]
    expect(trials.map((one) => segmentsOf(trials, one))).toEqual([
      [{ trial: 0, from: -2, to: -1 }],
      [{ trial: 1, from: 0, to: 1 }],
      [{ trial: 2, from: 0, to: 1 }],
    ])
  })

  const journal = fc
    .array(
      fc.record({
        steps: fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 12 }),
        parent: fc.option(fc.nat(20), { nil: undefined }),
        step: fc.option(fc.nat(30), { nil: undefined }),
      }),
      { minLength: 1, maxLength: 15 },
    )
    .map((all) =>
      all.map(({ steps, parent, step }, number) =>
        trial(
          number,
          steps,
          parent === undefined || number === 0
            ? undefined
            : { parent: parent % number, ...(step === undefined ? {} : { step }) },
        ),
      ),
    )

  it('are contiguous, in order and do not overlap, and each step belongs to one of them, whatever was reported', () => {
    fc.assert(
      fc.property(journal, (trials) => {
        for (const one of trials) {
          const segments = segmentsOf(trials, one)
          for (const [i, { trial: number, from, to }] of segments.entries()) {
            const before = segments[i - 1]
            if (!before) expect(from).toBeLessThanOrEqual(to)
            else {
              expect(from).toBe(before.to)
              expect(to).toBeGreaterThan(from)
              expect(number).toBeGreaterThan(before.trial)
            }
            expect(trials[number]?.reports.some(({ step }) => step === to)).toBe(true)
          }
          if (one.reports.length > 0) expect(segments.at(-1)?.trial).toBe(one.number)
          const sorted = (number: number) => {
            const steps = [...new Set(trials[number]?.reports.map(({ step }) => step))].sort((a, b) => a - b)
            return { steps, at: steps, values: steps.map(() => number) }
          }
          const parts = curveAlong(segments, sorted)
          expect(parts.map(({ trial: number }) => number)).toEqual(segments.map(({ trial: number }) => number))
          const steps = parts.flatMap((part) => part.steps)
          expect(steps).toEqual([...new Set(steps)].sort((a, b) => a - b))
          for (const part of parts) {
            for (const step of part.steps)
              expect(segments.find(({ to }) => to >= step)?.trial, `step ${step}`).toBe(part.trial)
          }
          // its own are all there
          if (one.reports.length > 0) expect(parts.at(-1)?.steps).toEqual(sorted(one.number).steps)
        }
      }),
    )
  })
})
