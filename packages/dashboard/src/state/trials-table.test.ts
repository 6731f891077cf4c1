import type { TrialRow } from '@parzen/core'
import { expect, it } from 'vitest'
import { columnsOf, shownColumns } from './columns.js'
import { csv } from './csv.js'
import { inOrder } from './order.js'
import { countStates, toggledState, trialStates, wantedStates } from './states.js'

const row = (number: number, more: Partial<TrialRow> = {}): TrialRow => ({
  number,
  parent: null,
  state: 'complete',
  feasible: true,
  params: {},
  nested: {},
  values: null,
  metrics: {},
  attempts: [],
  startedAt: 0,
  finishedAt: null,
  judged: null,
  cause: null,
  message: null,
  tags: [],
  note: '',
  pinned: false,
  ...more,
})
const numbers = (rows: readonly TrialRow[]) => rows.map(({ number }) => number)

it('sorts numbers, then words, then what is not set; pinned ones lead in either direction', () => {
  const rows = [
    row(0, { params: { x: 3 } }),
    row(1),
    row(2, { params: { x: 'b10' } }),
    row(3, { params: { x: 'b9' } }),
    row(4, { params: { x: 1 } }),
    row(5, { params: { x: null } }),
    row(6, { params: { x: 3 }, pinned: true }),
  ]
  expect(numbers(inOrder(rows, 'x'))).toEqual([6, 4, 0, 3, 2, 1, 5])
  expect(numbers(inOrder(rows, '-x'))).toEqual([6, 0, 4, 2, 3, 5, 1])
  expect(numbers(inOrder(rows, '-trial'))).toEqual([6, 5, 4, 3, 2, 1, 0])
})

it('writes what is shown as CSV that no spreadsheet takes for a formula', () => {
  const rows = [row(1, { params: { x: -0.5, kind: '=1+1' }, note: 'a "b", c', tags: ['good', 'odd'] }), row(2)]
  expect(csv(rows, ['x', 'kind', 'note', 'tag'])).toBe(
    'trial,state,x,kind,note,tag\n1,complete,-0.5,\'=1+1,"a ""b"", c","good, odd"\n2,complete,,,,',
  )
})

it('toggles states in the filter and keeps the rest of it', () => {
  expect(wantedStates('loss < 1')).toEqual(new Set(trialStates))
  let filter = toggledState('loss < 1', 'failed')
  expect(filter).toBe('loss < 1 and state = failed')
  filter = toggledState(filter, 'pruned')
  expect(filter).toBe('loss < 1 and state in (pruned, failed)')
  expect(wantedStates(filter)).toEqual(new Set(['pruned', 'failed']))
  filter = toggledState(toggledState(filter, 'failed'), 'pruned')
  expect(filter).toBe('loss < 1')
  expect(countStates([row(0), row(1, { state: 'failed' }), row(2)])).toMatchObject({
    complete: 2,
    failed: 1,
    pruned: 0,
  })
})

it('shows objectives and parameters unless the address says otherwise, in one order', () => {
  const spec = { space: { lr: {}, batch: {} }, objectives: [{ metric: 'loss' }] } as never
  const columns = columnsOf(spec, ['accuracy', 'time'])
  expect(columns.metrics).toEqual(['accuracy', 'time'])
  expect(shownColumns('', columns)).toEqual(['loss', 'lr', 'batch', 'seconds', 'tag'])
  expect(shownColumns('note,accuracy,lr,gone', columns)).toEqual(['lr', 'accuracy', 'note'])
})
