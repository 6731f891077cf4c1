import { compileSpace, type Space } from '@parzen/core'
import { expect, it } from 'vitest'
import { stringify } from 'yaml'
import { rng } from '../../../core/src/numerics/rng.js'
import { randomTree } from '../../../core/src/space/random-tree.contract.js'
import { parseSweep } from './parse.js'
import { spaceTree, sweepOfStudy } from './sweep-of-study.js'
import { template } from './template.js'

const read = (text: string) => parseSweep(text, { file: 'sweep', folder: '/work', mayLackCommand: true }).study

it.each([
  ['the template', template],
  [
    'one with everything',
    `
study: all
objectives: [{ metric: loss, direction: minimize }, { metric: cost, direction: maximize }]
constraints: { latency: <= 20, recall: '>= 0.5' }
command: [python, train.py, '{args}']
space:
  lr: loguniform(1e-5, 1)
  epochs: 10
  layers: { repeat: 'int(1, 3)', each: { units: 'int(16, 512, log)' } }
  optimizer: { choice: { adam: {}, sgd: { momentum: 'uniform(0, 1)' } }, weights: { adam: 0.25, sgd: 0.75 } }
sampler: { name: tpe, startupTrials: 20 }
pruner: { name: asha, maxStep: 27 }
seed: 7
budget: { trials: 9, time: 90m }
prior: { lr: { value: 0.01, sd: 0.5 } }
devices: [0, 1]
durability: power
tensorboard: false
trial:
  timeout: 10m
  grace: 5s
  retries: { lost: 0 }
  resources: { cpus: 2, gpus: 1 }
  metrics: { stdout: 'loss=(?<loss>\\S+)', json: false, tensorboard: logs, tag: { loss: val/loss } }
  environment: { THREADS: 1 }
  systemMetrics: false
`,
  ],
  [
    'one without a command',
    'study: s\nobjective: { metric: loss, direction: minimize }\nspace: { x: uniform(0, 1) }\n',
  ],
])('describes a study by a sweep file that makes it again: %s', (_, text) => {
  const study = read(text)
  expect(read(stringify(sweepOfStudy(study)))).toEqual(study)
})

it('gives a tree for any space that means the same space', () => {
  for (let seed = 0; seed < 300; seed++) {
    const space = compileSpace(randomTree(rng(seed, 0), 3))
    expect(rounded(compileSpace(spaceTree(space)))).toEqual(rounded(space))
  }
})

/** Weights are made to sum to 1 each time they are read. */
function rounded(space: Space): unknown {
  return JSON.parse(JSON.stringify(space), (key, value) =>
    key === 'weights' ? value.map((weight: number) => weight.toFixed(12)) : value,
  )
}
