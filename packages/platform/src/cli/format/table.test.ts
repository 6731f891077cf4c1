import { expect, it } from 'vitest'
import { type Column, table } from './table.js'

const columns: readonly Column[] = [
  { title: 'STUDY', flexible: true },
  { title: 'BEST', align: 'right' },
  { title: 'METRIC', flexible: true },
]
const rows = [
  ['digits', '0.9731', 'accuracy'],
  ['a-study-with-a-long-name', '1', 'loss'],
]

it('aligns columns and leaves no space at the ends', () => {
  expect(table(columns, rows, { width: Number.POSITIVE_INFINITY })).toEqual([
    'STUDY                       BEST  METRIC',
    'digits                    0.9731  accuracy',
    'a-study-with-a-long-name       1  loss',
  ])
})

it('shrinks the widest flexible column first', () => {
  expect(table(columns, rows, { width: 30 })).toEqual([
    'STUDY           BEST  METRIC',
    'digits        0.9731  accuracy',
    'a-study-wit…       1  loss',
  ])
})

it('cuts lines that no shrinking makes fit', () => {
  expect(table(columns, rows, { width: 12 })).toEqual(['STUDY     B…', 'digits  0.9…', 'a-stu…     …'])
})

it('paints the heading alone', () => {
  expect(table(columns, [], { width: 80, heading: (text) => `<${text}>` })).toEqual(['<STUDY  BEST  METRIC>'])
})
