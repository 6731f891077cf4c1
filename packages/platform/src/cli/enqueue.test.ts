import { expect, it } from 'vitest'
import { parseValues } from './enqueue.js'
import { spec } from './sample-study.contract.js'

const space = {
  ...spec.space,
  batch: { kind: 'categorical', choices: [16, 32, true, null, '16x'] },
} as const

it('reads values by the distributions', () => {
  expect(parseValues(space, ['lr=1e-3', 'optimizer=sgd', 'optimizer.sgd.momentum=0.5', 'batch=16'])).toEqual({
    lr: 0.001,
    optimizer: 'sgd',
    'optimizer.sgd.momentum': 0.5,
    batch: 16,
  })
  expect(parseValues(space, ['batch=true'])).toEqual({ batch: true })
  expect(parseValues(space, ['batch=null'])).toEqual({ batch: null })
})

it.each([
  [['lr'], 'enqueue: expected name=value, got "lr"'],
  [['lr='], 'lr: expected a number, got ""'],
  [['lr=fast'], 'lr: expected a number, got "fast"'],
  [['optimiser=sgd'], 'optimiser: expected a parameter of the space, got an unknown name. did you mean optimizer?'],
  [['optimizer=sgdd'], 'optimizer: expected one of adam, sgd, got "sgdd"'],
  [['lr=0.1', 'lr=0.2'], 'lr: expected one value, got two'],
])('refuses %j', (pairs, message) => {
  expect(() => parseValues(space, pairs)).toThrow(expect.objectContaining({ message }))
})
