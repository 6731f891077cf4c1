import { ParzenError, samplerNames } from '@parzen/core'
import { describe, expect, test } from 'vitest'
import { parseSweep } from './parse.js'
import { failureOf, smallSweep as sweep } from './small-sweep.contract.js'
import { jobOf } from './spec.js'
import { template } from './template.js'

const parse = (text: string) => parseSweep(text, { file: 'sweep.yaml', folder: '/work/project' })

function failure(text: string): string {
  try {
    parse(text)
  } catch (error) {
    if (error instanceof ParzenError) return error.message
    throw error
  }
  throw new Error('expected an error')
}

const everything = `
study: digits                                   # unique in the store
objective: { metric: accuracy, direction: maximize }
command: python train.py {args} --name '{study}-{trial}' --lr2 {lr} \${HOME} {{not}}
space:
  lr: loguniform(1e-5, 1e-1)                    # bounds are values
  batch: choice(16, 32, 64)
  loss: choice(l1: 0.7, "l2, smooth": 0.3)
  dropout: uniform(0, 0.5, step=0.05)
  optimizer:
    choice:
      adam: { beta1: uniform(0.8, 0.999), eps: loguniform(1e-9, 1e-7) }
      sgd:  { momentum: uniform(0, 0.99), nesterov: choice(true, false) }
  layers:
    repeat: int(1, 2)
    each: { units: int(16, 512, log), drop: [uniform(0, 1), uniform(0, 2)] }
sampler: { name: random }
pruner: none
budget: { trials: 100, parallel: 4, time: 2h, target: 0.99, patience: 30 }
trial:
  timeout: 1m30s
  grace: 5
  retries: { lost: 3, memory: 0 }
  resources: { cpus: 2, gpus: 1 }
  metrics: { stdout: "accuracy=(?<accuracy>\\\\S+)", json: false }
  environment: { THREADS: 2, DEBUG: true, NAME: x }
executor: local
seed: 1
devices: [0, "GPU-1"]
durability: power
`

describe('a sweep file', () => {
  test('becomes a study and a job', () => {
    const { study, job } = parse(everything)
    expect(Object.keys(study.space)).toEqual([
      'lr',
      'batch',
      'loss',
      'dropout',
      'optimizer',
      'optimizer.adam.beta1',
      'optimizer.adam.eps',
      'optimizer.sgd.momentum',
      'optimizer.sgd.nesterov',
      'layers',
      'layers.0.units',
      'layers.0.drop.0',
      'layers.0.drop.1',
      'layers.1.units',
      'layers.1.drop.0',
      'layers.1.drop.1',
    ])
    expect(study.space['loss']).toEqual({ kind: 'categorical', choices: ['l1', 'l2, smooth'], weights: [0.7, 0.3] })
    expect({ ...study, space: {}, job: {} }).toEqual({
      name: 'digits',
      space: {},
      objectives: [{ metric: 'accuracy', direction: 'maximize' }],
      seed: 1,
      sampler: { name: 'random' },
      pruner: { name: 'none' },
      budget: { trials: 100, parallel: 4, seconds: 7200, target: 0.99, patience: 30 },
      job: {},
    })
    expect(job).toEqual({
      command: `python train.py {args} --name '{study}-{trial}' --lr2 {lr} \${HOME} {{not}}`,
      folder: '/work/project',
      executor: 'local',
      timeoutSeconds: 90,
      graceSeconds: 5,
      retries: { lost: 3, memory: 0 },
      resources: { cpus: 2, gpus: 1 },
      devices: ['0', 'GPU-1'],
      metrics: { stdout: 'accuracy=(?<accuracy>\\S+)', jsonLines: false },
      environment: { THREADS: '2', DEBUG: 'true', NAME: 'x' },
      durability: 'power',
    })
    expect(jobOf(study)).toEqual(job)
  })

  test('needs little', () => {
    const { study, job } = parse(sweep(''))
    expect({ ...study, job: {} }).toEqual({
      name: 's',
      space: { lr: { kind: 'float', low: 0, high: 1 } },
      objectives: [{ metric: 'loss', direction: 'minimize' }],
      seed: 0,
      sampler: study.sampler,
      pruner: { name: 'none' },
      budget: {},
      job: {},
    })
    expect(samplerNames).toContain(study.sampler.name)
    expect(job).toEqual({
      command: 'train {args}',
      folder: '/work/project',
      executor: 'local',
      graceSeconds: 10,
      retries: {},
      resources: { cpus: 1, gpus: 0 },
      metrics: { jsonLines: true },
      environment: {},
      durability: 'process',
    })
  })

  test('may be JSON, with the same meaning', () => {
    const json = JSON.stringify(
      {
        study: 's',
        objectives: [
          { metric: 'a', direction: 'minimize' },
          { metric: 'b', direction: 'maximize' },
        ],
        command: ['train', '{args}', '--epochs', 3],
        space: { lr: { uniform: [0, 1] }, o: { choice: ['uniform(0, 1)', 'b: c'] } },
      },
      null,
      2,
    )
    const { study, job } = parse(json)
    expect(study.objectives).toHaveLength(2)
    expect(study.space['o']).toEqual({ kind: 'categorical', choices: ['uniform(0, 1)', 'b: c'] })
    expect(job.command).toEqual(['train', '{args}', '--epochs', '3'])
    expect(failure(json.replace('0,', '5,'))).toBe(
      'sweep.yaml:20:11: lr: expected low < high, got low 5, high 1. swap them?',
    )
  })

  test('anchors and aliases are allowed where they are finite', () => {
    const { study } = parse(sweep('', 'space:\n  a: &unit uniform(0, 1)\n  b: *unit'))
    expect(study.space['b']).toEqual(study.space['a'])
  })

  test('what `parzen init` writes is right', () => {
    const { study } = parse(template)
    expect(Object.keys(study.space)).toEqual([
      'lr',
      'batch',
      'dropout',
      'optimizer',
      'optimizer.adam.beta1',
      'optimizer.sgd.momentum',
      'optimizer.sgd.nesterov',
    ])
  })

  test('what `parzen init` leaves commented out is right too', () => {
    const uncommented = template.replace(
      /^( *)# ((?: {2})?(layers|repeat|each|parallel|time|target|patience|retries|resources|environment|sampler):)/gm,
      '$1$2',
    )
    expect(uncommented).not.toBe(template)
    const { study, job } = parse(uncommented)
    expect(study.budget).toEqual({ trials: 50, parallel: 4, seconds: 7200, target: 0.99, patience: 20 })
    expect(study.space['layers.3.units']).toEqual({ kind: 'int', low: 16, high: 512, log: true, when: { layers: [4] } })
    expect(job.retries).toEqual({ lost: 3, exit: 0 })
  })
})

test('event files: one tag is the objective’s, several are by metric', () => {
  const of = (metrics: string) =>
    parseSweep(sweep(`trial: { metrics: ${metrics} }`), { file: 'sweep.yaml', folder: '/' }).job.metrics.tensorboard
  expect(of('{ tensorboard: logs }')).toEqual({ folder: 'logs', tags: {} })
  expect(of('{ tensorboard: "runs/*", tag: val/loss }')).toEqual({ folder: 'runs/*', tags: { loss: 'val/loss' } })
  expect(of('{ tensorboard: "./runs/{trial}", tag: { loss: a, time: b } }')).toEqual({
    folder: './runs/{trial}',
    tags: { loss: 'a', time: 'b' },
  })
  expect(of('{ json: false }')).toBeUndefined()
})

test('leaves out the command where trials are asked for', () => {
  const text = 'study: s\nobjective: { metric: loss, direction: minimize }\nspace: { x: uniform(0, 1) }\n'
  expect(() => parseSweep(text, { file: 'f', folder: '/' })).toThrow('command')
  expect(parseSweep(text, { file: 'f', folder: '/', mayLackCommand: true }).study).not.toHaveProperty('job')
})

test('bombs are refused: aliases, nesting, size', () => {
  const anchors = Array.from({ length: 9 }, (_, i) => `  a${i + 1}: &a${i + 1} [${Array(9).fill(`*a${i}`).join(', ')}]`)
  expect(failureOf(sweep('', `space:\n  a0: &a0 [1]\n${anchors.join('\n')}`))).toMatch(
    /^sweep\.yaml:\d+:\d+: expected at most 50 aliases, got more$/,
  )
  for (const deep of ['['.repeat(300_000), `${'{a: '.repeat(5000)}1${'}'.repeat(5000)}`, `\n${'- '.repeat(100_000)}`]) {
    expect(failureOf(`study: ${deep}`)).toBe('sweep.yaml: expected at most 200 levels, got more')
  }
  const indented = Array.from({ length: 1000 }, (_, i) => `${' '.repeat(i)}a:`).join('\n')
  expect(failureOf(indented)).toMatch(/^sweep\.yaml:\d+:\d+: /)
  expect(failureOf(`study: ${'x'.repeat(2 ** 20)}`)).toBe('sweep.yaml: expected at most 1 MiB, got 1048583 bytes')
})
