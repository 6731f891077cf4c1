import { summarize } from '@parzen/core'
import picocolors from 'picocolors'
import { expect, it } from 'vitest'
import { complete, failed, sampleStudy } from './sample-study.contract.js'
import { describeParameter, studyLines } from './study-page.js'

const page = { colors: picocolors.createColors(false), size: () => ({ columns: 60, rows: 24 }) }

it('is one page with all that counts', async () => {
  const study = await sampleStudy([complete(0.8), failed, complete(0.9), 'running'])
  const { state } = study
  const summary = { ...summarize(state), busyMilliseconds: 61_000 }
  const trials = [state.trials[2], state.trials[0]].filter((trial) => trial !== undefined)
  const root = `${process.cwd()}/.parzen`
  expect(studyLines(page, { study, summary, trials, root, now: state.lastEventAt + 90_000 })).toEqual([
    'digits  running',
    '',
    '  objective  maximize accuracy',
    '  trials     3 of 8 done: 2 complete, 1 failed (1 exit); 1 running',
    '  best       0.9  trial 2',
    '  sampler    random, seed 1',
    '  pruner     none',
    '  time       1m 01s of work, last event 1m 30s ago',
    '  folder     .parzen/studies/digits',
    '',
    '  0.9 ┤                                       ⢸⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉',
    ...Array.from({ length: 4 }, () => '      │                                       ⢸'),
    '  0.8 ┤⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣸',
    '      └─────────────────────────────────────────────────────',
    '       1                  finished trials                  3',
    '',
    'TRIAL  VALUE  TOOK  PARAMETERS',
    '    2    0.9    6s  lr=0.003 optimizer=adam',
    '    0    0.8    6s  lr=0.001 optimizer=adam',
    '',
    'failures',
    '  1 exit, the last trial 1: exit code 1',
    '',
    'space',
    '  lr: loguniform(0.00001, 0.1)',
    '  optimizer: choice(adam, sgd)',
    '  optimizer.sgd.momentum: uniform(0, 0.99)  if optimizer is sgd',
  ])
})

it.each([
  [{ kind: 'float', low: 0, high: 0.5, step: 0.1 }, 'uniform(0, 0.5, step=0.1)'],
  [{ kind: 'int', low: 16, high: 512, log: true }, 'int(16, 512, log)'],
  [{ kind: 'normal', mean: 0, sd: 1, log: true }, 'lognormal(0, 1)'],
  [{ kind: 'categorical', choices: ['a', 1], weights: [0.3, 0.7] }, 'choice(a: 0.3, 1: 0.7)'],
  [
    { kind: 'categorical', choices: ['a', 1], when: { b: [true, false], c: ['x'] } },
    'choice(a, 1)  if b is true or false and c is x',
  ],
] as const)('describes %j', (parameter, text) => {
  expect(describeParameter(parameter)).toBe(text)
})
