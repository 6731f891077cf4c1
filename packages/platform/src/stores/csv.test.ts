import { expect, it } from 'vitest'
import { csvLine } from './csv.js'

it('quotes what needs it and leaves out what there is not', () => {
  expect(csvLine([1, 'plain', 'a,b', 'say "no"', 'two\nlines', ' edge', null, undefined, '', true])).toBe(
    '1,plain,"a,b","say ""no""","two\nlines"," edge",,,,true',
  )
})
