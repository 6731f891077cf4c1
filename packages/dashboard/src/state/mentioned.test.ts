import { expect, it } from 'vitest'
import { namesIn } from './mentioned.js'

it('finds every name an address speaks of: in lists, in the order, in the filter', () => {
  const address = {
    study: 's',
    page: 'trials',
    columns: 'lr,accuracy',
    sort: '-latency',
    colour: 'size',
    order: 'lr,depth',
    filter: 'loss < 1 and ("val acc" > 0.5 or state = failed)',
  }
  expect([...namesIn(address)].sort()).toEqual(
    ['-latency', 'accuracy', 'depth', 'latency', 'loss', 'lr', 'size', 'state', 'val acc'].sort(),
  )
  expect(namesIn({ study: 's', filter: 'a filter that is being' })).toEqual(new Set())
})
