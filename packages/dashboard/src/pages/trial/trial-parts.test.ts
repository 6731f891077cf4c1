import { expect, it } from 'vitest'
import { middleOf } from './default-params.js'
import { separated } from './separated.js'

it('takes the middle of each range, on its own scale, and the first of each choice with what belongs to it', () => {
  expect(
    middleOf({
      lr: { kind: 'float', low: 1e-4, high: 1, log: true },
      kind: { kind: 'categorical', choices: ['a', 'b'] },
      depth: { kind: 'int', low: 1, high: 3, when: { kind: ['a'] } },
      width: { kind: 'int', low: 1, high: 3, when: { kind: ['b'] } },
    }),
  ).toEqual({ lr: expect.closeTo(0.01, 12), kind: 'a', depth: 2 })
})

it('reads separated text with quotes, line ends of all kinds, and no more rows than wanted', () => {
  expect(separated('a,b\r\n"x, ""y""\nz",2\n\n3,4', ',', 10)).toEqual([
    ['a', 'b'],
    ['x, "y"\nz', '2'],
    ['3', '4'],
  ])
  expect(separated('a\tb\n1\t2\n3\t4\n', '\t', 2)).toEqual([
    ['a', 'b'],
    ['1', '2'],
  ])
  expect(separated('', ',', 5)).toEqual([])
})
