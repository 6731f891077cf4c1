import type { Space, TrialRow } from '@parzen/core'
import { expect, it } from 'vitest'
import { parseTerms } from '../../state/filter.js'
import { narrowToFilter, narrowToTrials } from './narrow-space.js'

const space: Space = {
  lr: { kind: 'float', low: 1e-5, high: 1, log: true },
  batch: { kind: 'int', low: 8, high: 64, step: 8 },
  size: { kind: 'int', low: 1, high: 1_000_000, log: true },
  dropout: { kind: 'float', low: 0, high: 0.5, step: 0.05 },
  noise: { kind: 'normal', mean: 0, sd: 1 },
  optimizer: { kind: 'categorical', choices: ['adam', 'sgd', 'lion'], weights: [0.5, 0.25, 0.25] },
  'optimizer.sgd.momentum': { kind: 'float', low: 0, high: 0.99, when: { optimizer: ['sgd'] } },
  decay: { kind: 'float', low: 0, high: 1, when: { optimizer: ['adam', 'sgd'] } },
}
const narrow = (filter: string) => narrowToFilter(space, parseTerms(filter))

it('takes the ends of ranges as they were typed', () => {
  const { space: found, changes } = narrow(
    'lr >= 0.0012 and lr < 0.05 and batch > 20 and dropout <= 0.31 and size < 5000',
  )
  expect(found['lr']).toEqual({ kind: 'float', low: 0.0012, high: 0.05, log: true })
  expect(found['batch']).toEqual({ kind: 'int', low: 24, high: 64, step: 8 })
  expect(found['dropout']).toEqual({ kind: 'float', low: 0, high: 0.3, step: 0.05 })
  expect(found['size']).toMatchObject({ low: 1, high: 4999 })
  expect(changes.map(({ name }) => name)).toEqual(['lr', 'batch', 'size', 'dropout'])
})

it('keeps the choices that pass, their weights summing to 1, and nothing below the others', () => {
  const { space: found, changes } = narrow('optimizer in (adam, lion)')
  expect(found['optimizer']).toEqual({ kind: 'categorical', choices: ['adam', 'lion'], weights: [2 / 3, 1 / 3] })
  expect(found['optimizer.sgd.momentum']).toBeUndefined()
  expect(found['decay']).toEqual({ kind: 'float', low: 0, high: 1, when: { optimizer: ['adam'] } })
  expect(changes.map(({ name, after }) => [name, after !== undefined])).toEqual([
    ['optimizer', true],
    ['optimizer.sgd.momentum', false],
    ['decay', true],
  ])
})

it('says what it cannot take into account, and leaves what nothing passes as it is', () => {
  const found = narrow('loss < 0.1 and (lr < 0.1 or batch = 8) and optimizer = none and noise > 0')
  expect(found.changes).toEqual([])
  expect(found.ignored).toEqual(['loss < 0.1', '(lr < 0.1 or batch = 8)'])
  expect(found.space).toEqual(space)
})

it('goes around the trials that pass, with a little room', () => {
  const rows = [
    { params: { lr: 0.001, batch: 16, dropout: 0.1, optimizer: 'adam' } },
    { params: { lr: 0.01, batch: 32, dropout: 0.2, optimizer: 'lion' } },
  ] as unknown as TrialRow[]
  const { space: found } = narrowToTrials(space, rows)
  const lr = found['lr'] as { low: number; high: number }
  expect(lr.low).toBeGreaterThan(0.0005)
  expect(lr.low).toBeLessThan(0.001)
  expect(lr.high).toBeGreaterThan(0.01)
  expect(lr.high).toBeLessThan(0.02)
  expect(found['batch']).toMatchObject({ low: 16, high: 32 })
  expect(found['optimizer']).toMatchObject({ choices: ['adam', 'lion'] })
  expect(found['size']).toBe(space['size'])
})
