import { analyze } from '@parzen/core'
import picocolors from 'picocolors'
import { expect, it } from 'vitest'
import { analysisLines, percent } from './analysis-page.js'
import { complete, failed, sampleStudy } from './sample-study.contract.js'

const page = { colors: picocolors.createColors(false), size: () => ({ columns: 100, rows: 24 }) }

const values = [0.8, 0.82, 0.7, 0.85, 0.6, 0.9, 0.55, 0.91, 0.5, 0.93, 0.45, 0.92]
const study = await sampleStudy([...values.map(complete), failed], { budget: { trials: 20 } })

async function linesOf(options: Parameters<typeof analyze>[1] = {}): Promise<string[]> {
  return analysisLines(page, { study, analysis: analyze(study.state, options) })
}

it('is one page with all that the trials say', async () => {
  const lines = await linesOf({ noise: 0.02 })
  expect(lines.slice(0, 3)).toEqual(['digits  12 complete trials', '', 'best so far'])
  expect(lines.slice(12)).toMatchInlineSnapshot(`
    [
      "what matters for accuracy",
      "  PARAMETER               BEST TENTH                    ALL TRIALS",
      "  lr                            74 %  ████████████████         9 %",
      "  optimizer.sgd.momentum        22 %  ████▋                   <1 %",
      "  optimizer                      4 %  ▉                       67 %",
      "  together, beyond that: lr with optimizer 24 %",
      "",
      "is the winner really better?",
      "  noise: standard deviation 0.02, as given",
      "  trial 9: the best of all tried with a probability of 53 %; its true accuracy lies",
      "  within 0.89283 to 0.95732 (90 %)",
      "  rivals: trial 11 (27 %), trial 7 (13 %), trial 5 (7 %)",
      "  to know better, evaluate them again: parzen enqueue digits --best 4 --repeat 3",
      "",
      "what more trials may bring",
      "  MORE TRIALS  NEW BEST   GAIN  90 % WITHIN",
      "           10      49 %  0.023    0 to 0.12",
      "           50      85 %  0.047     0 to 0.2",
      "          100      93 %  0.056    0 to 0.24",
    ]
  `)
})

it('says so where nothing is known of the noise', async () => {
  const lines = await linesOf()
  const start = lines.indexOf('is the winner really better?')
  expect(lines.slice(start + 1, start + 3)).toEqual([
    '  unknown: no setting was evaluated twice, and there are too few trials to guess the noise from near ones.',
    '  --noise gives its standard deviation; `parzen enqueue digits --best 3 --repeat 3` finds it',
  ])
})

it('has the front and its volume instead, for several objectives', async () => {
  const objectives = [
    { metric: 'loss', direction: 'minimize' },
    { metric: 'accuracy', direction: 'maximize' },
  ] as const
  const pairs = [
    [1, 0.5],
    [2, 0.7],
    [3, 0.6],
    [0.5, 0.2],
  ].map((pair) => ({ state: 'complete', values: pair }) as const)
  const both = await sampleStudy(pairs, { objectives })
  const analysis = analyze(both.state, { reference: [4, 0] })
  expect(analysisLines(page, { study: both, analysis }).slice(0, 9)).toMatchInlineSnapshot(`
    [
      "digits  4 complete trials",
      "",
      "Pareto front: 3 trials that no other beats in all objectives",
      "  TRIAL  LOSS  ACCURACY  PARAMETERS",
      "      3   0.5       0.2  lr=0.004 optimizer=sgd optimizer.sgd.momentum=0.9",
      "      0     1       0.5  lr=0.001 optimizer=adam",
      "      1     2       0.7  lr=0.002 optimizer=sgd optimizer.sgd.momentum=0.9",
      "",
      "hypervolume  2 from 4, 0",
    ]
  `)
})

it('has nothing to say of a study without results', async () => {
  const empty = await sampleStudy([failed])
  expect(analysisLines(page, { study: empty, analysis: analyze(empty.state) })).toEqual([
    'digits  0 complete trials',
    'nothing to analyze before a trial is complete',
  ])
})

it.each([
  [0, '0 %'],
  [0.001, '<1 %'],
  [0.624, '62 %'],
  [1, '100 %'],
])('writes %d as a share', (share, text) => {
  expect(percent(share)).toBe(text)
})
