import { explain, fold, type StudyState, type TrialRecord } from '@parzen/core'
import picocolors from 'picocolors'
import { expect, it } from 'vitest'
import { explanationLines } from './explanation-page.js'
import { complete, sampleStudy } from './sample-study.contract.js'

const page = { colors: picocolors.createColors(false), size: () => ({ columns: 80, rows: 24 }) }
const study = await sampleStudy([0.8, 0.82, 0.7, 0.85, 0.6, 0.9, 0.55, 0.91].map(complete))
const last = study.state.trials[7] as TrialRecord
const before: StudyState = { ...study.state, finished: study.state.finished.slice(0, 7) }

function linesOf(trial: TrialRecord, known: StudyState): string[] {
  return explanationLines(page, { study, trial, explanation: explain(known, trial), sampler: 'random' })
}

it('tells what was known then, and what lay near', () => {
  const { queued: _, ...suggested } = last
  expect(linesOf({ ...suggested, memo: { arm: 'tpe' } }, before)).toMatchInlineSnapshot(`
    [
      "digits  trial 7  complete",
      "",
      "  why         exploit: near trials that were good",
      "  by          random",
      "  known then  7 complete trials",
      "  novelty     11 %: so many of random points lie nearer to a known trial",
      "  promise     100 %: so many of random points have worse neighbours",
      "  came of it  accuracy 0.91, rank 1 of 8",
      "  its note    {"arm":"tpe"}",
      "",
      "PARAMETER                THIS  NEAREST, TRIAL 5",
      "lr                      0.008             0.006",
      "optimizer                 sgd               sgd",
      "optimizer.sgd.momentum    0.9               0.9",
      "",
      "NEAREST THEN  DISTANCE  VALUE  PARAMETERS",
      "           5     0.018    0.9  lr=0.006 optimizer=sgd optimizer.sgd.momentum=0.9",
      "           3    0.0434   0.85  lr=0.004 optimizer=sgd optimizer.sgd.momentum=0.9",
      "           1    0.0869   0.82  lr=0.002 optimizer=sgd optimizer.sgd.momentum=0.9",
      "           6     0.817   0.55  lr=0.007 optimizer=adam",
      "           4     0.817    0.6  lr=0.005 optimizer=adam",
    ]
  `)
})

it('says who asked, and that nothing was known', () => {
  expect(linesOf(study.state.trials[0] as TrialRecord, fold([]))).toMatchInlineSnapshot(`
    [
      "digits  trial 0  complete",
      "",
      "  why         a person asked for it",
      "  by          me@here",
      "  known then  0 complete trials",
      "  came of it  accuracy 0.8, rank 5 of 8",
      "",
      "PARAMETER   THIS",
      "lr         0.001",
      "optimizer   adam",
    ]
  `)
})

it('tells what the model expected, and whether it came out', () => {
  const { queued: _, ...suggested } = last
  const forecast = { mean: 0.93, sd: 0.02, interval: [0.89, 0.97], best: 0.9 }
  const memo = { by: 'gp', acquisition: 'expected improvement', forecasts: [forecast] }
  const lines = linesOf({ ...suggested, memo } as unknown as TrialRecord, before)
  expect(lines.slice(2, 12)).toMatchInlineSnapshot(`
    [
      "  why         exploit: the model expects it to be the best",
      "  by          random",
      "  known then  7 complete trials",
      "  forecast    accuracy 0.93 ± 0.02; the best then 0.9",
      "              to come out within 0.89 to 0.97 (90 %); it did",
      "  novelty     11 %: so many of random points lie nearer to a known trial",
      "  promise     100 %: so many of random points have worse neighbours",
      "  came of it  accuracy 0.91, rank 1 of 8",
      "  its note    {"by":"gp","acquisition":"expected improvement"}",
      "",
    ]
  `)
  const missed = { ...suggested, memo: { ...memo, forecasts: [{ ...forecast, mean: 0.85, interval: [0.8, 0.9] }] } }
  expect(linesOf(missed as unknown as TrialRecord, before).slice(2, 6)).toMatchInlineSnapshot(`
    [
      "  why         explore: good only where the model may be wrong",
      "  by          random",
      "  known then  7 complete trials",
      "  forecast    accuracy 0.85 ± 0.02; the best then 0.9",
    ]
  `)
})

it('has the ratio of densities', () => {
  const { queued: _, ...suggested } = last
  expect(linesOf({ ...suggested, memo: { logRatio: 1.5 } }, before)).toContain(
    '  density     4.48 times as dense in good trials as in the others',
  )
})

it('says of a fork whose place it takes, whom it goes on from, and what it changed', () => {
  const { queued: _, ...suggested } = last
  const fork = { ...suggested, memo: { replaces: 4, parent: 6, step: 12 } }
  const lines = linesOf(fork, before)
  expect(lines.slice(2, 4)).toEqual([
    '  why         it takes the place of trial 4 in the population',
    '              it goes on from trial 6, one of the best, which was at step 12',
  ])
  expect(lines.join('\n')).not.toContain('its note')
  expect(lines.find((line) => line.startsWith('PARAMETER'))).toMatch(
    /^PARAMETER +THIS +PARENT, TRIAL 6 +NEAREST, TRIAL 5$/,
  )
})
