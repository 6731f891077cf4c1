import type { Report, TrialRecord } from '@parzen/core'
import { describe, expect, it } from 'vitest'
import { atNewPlaces, closingReports, decisiveReports, WHOLE_REPORTS } from './decisive.js'

const spec = { objectives: [{ metric: 'acc', direction: 'maximize' as const }], pruner: { name: 'none' } }
const report = (step: number, metrics: Report['metrics'] = { acc: step, loss: 1 }): Report => ({
  at: step,
  step,
  metrics,
})
const steps = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => report(from + i))
const trialWith = (reports: readonly Report[], attempt = 1) =>
  ({ reports: reports.map((each) => ({ ...each, attempt })) }) as unknown as TrialRecord

describe('decisiveReports', () => {
  it('keeps the first reports whole, and of others what decides', () => {
    expect(decisiveReports(spec, 0, steps(0, WHOLE_REPORTS))).toEqual(steps(0, WHOLE_REPORTS))
    expect(decisiveReports(spec, 19, [report(19), report(20), report(21, { loss: 1 })])).toEqual([
      report(19),
      report(20, { acc: 20 }),
    ])
  })

  it('keeps what the pruner watches', () => {
    const watching = { ...spec, pruner: { name: 'median', metric: 'loss' } }
    expect(decisiveReports(watching, 50, [report(50, { acc: 1, loss: 2, time: 3 })])).toEqual([
      report(50, { acc: 1, loss: 2 }),
    ])
  })
})

describe('atNewPlaces', () => {
  it('keeps every step up to 1024, and then at most 512 each time they double', () => {
    const trial = trialWith([])
    const kept = atNewPlaces(trial, 1, steps(0, 5000)).map(({ step }) => step)
    expect(kept.slice(0, 1024)).toEqual(Array.from({ length: 1024 }, (_, i) => i))
    expect(kept.filter((step) => step >= 2048 && step < 4096)).toHaveLength(512)
    kept.forEach((step, i) => {
      if (i > 0) expect(step - (kept[i - 1] as number)).toBeLessThanOrEqual(Math.max(1, step / 512))
    })
  })

  it('keeps the same whether reports come at once or one by one, before and after others', () => {
    const atOnce = atNewPlaces(trialWith([]), 1, steps(0, 3000))
    const trial = trialWith([])
    for (const one of steps(0, 3000)) {
      for (const kept of atNewPlaces(trial, 1, [one])) (trial.reports as object[]).push({ ...kept, attempt: 1 })
    }
    expect(trial.reports.map(({ step }) => step)).toEqual(atOnce.map(({ step }) => step))
  })

  it('counts each attempt on its own', () => {
    const trial = trialWith(steps(0, 100))
    expect(atNewPlaces(trial, 1, steps(50, 110)).map(({ step }) => step)).toEqual(
      steps(100, 110).map(({ step }) => step),
    )
    expect(atNewPlaces(trial, 2, steps(50, 60))).toEqual(steps(50, 60))
    expect(atNewPlaces(trial, 1, steps(99, 101))).toEqual(steps(100, 101))
  })

  it('keeps the first reports also where a step comes again', () => {
    const again = Array.from({ length: 30 }, () => report(0))
    expect(atNewPlaces(trialWith([]), 1, again)).toHaveLength(WHOLE_REPORTS)
  })
})

describe('closingReports', () => {
  it('brings what is not there yet, by step', () => {
    const known = [report(0), report(3, { acc: 5 })]
    const last = {
      acc: { at: 3, step: 3, value: 5 },
      loss: { at: 9, step: 9, value: 0.1 },
      time: { at: 7, step: 7, value: 'NaN' as const },
      rate: { at: 9, step: 9, value: 2 },
    }
    expect(closingReports(known, last)).toEqual([report(7, { time: 'NaN' }), report(9, { loss: 0.1, rate: 2 })])
    expect(closingReports([...known, ...closingReports(known, last)], last)).toEqual([])
  })
})
