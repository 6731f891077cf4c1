import { expect, it } from 'vitest'
import { curveLines } from './trial-curve.js'

const part = (trial: number, steps: number[], values: number[]) => ({ trial, steps, at: steps, values })

it('draws what was inherited and what is its own as one line, a mark where it was forked', () => {
  const parts = [part(0, [1, 2, 3, 4], [8, 8, 4, 4]), part(2, [5, 9], [2, 1])]
  expect(curveLines(parts, { metric: 'loss', width: 40 })).toEqual([
    '8 ┤⠉⠉⠉⠉⠉⠉⠉⠉⠉⢹',
    '  │         ⢸',
    '  │         ⢸',
    '  │         ⠘⠒⠒⠒⠒⠒⠒⠒⠒⢲',
    '  │                  ⢸',
    '1 ┤                  ⠈⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⢹',
    '  └──────────────────▲──────────────────',
    '   1      loss by step, ▲ forked       9',
  ])
  expect(curveLines(parts.slice(1), { metric: 'loss', width: 40 })).toEqual([])
})

it('has no mark for a trial that is no fork', () => {
  expect(curveLines([part(0, [0, 1, 2], [3, 2, 1])], { metric: 'loss', width: 30 }).at(-1)).toContain('loss by step')
})
